import {
  type handleUnaryCall,
  logVerbosity,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  setLogVerbosity,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { type Ingest, MAX_BODY_BYTES } from './ingest.ts';
import { MalformedError } from './reader.ts';
import { encodeResponse } from './response.ts';

type Export = handleUnaryCall<Buffer, Buffer>;

const same = (bytes: Buffer): Buffer => bytes;

/** Passes raw bytes: the handler decodes them, so that it can return a helpful error for a malformed message. */
const exportService = (signal: string, service: string): ServiceDefinition<UntypedServiceImplementation> => ({
  export: {
    path: `/opentelemetry.proto.collector.${signal}.v1.${service}/Export`,
    requestStream: false,
    responseStream: false,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  },
});

export function createGrpcServer(ingest: Ingest): Server {
  // The library would print lines in its own format; it also reports every problem as an error.
  setLogVerbosity(logVerbosity.NONE);
  const server = new Server({ 'grpc.max_receive_message_length': MAX_BODY_BYTES });
  const traces: Export = (call, done) => {
    try {
      done(null, encodeResponse(ingest.protobuf(call.request)));
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      done({ code: status.INVALID_ARGUMENT, details: `malformed ExportTraceServiceRequest: ${error.message}` });
    }
  };
  // Accept and drop metrics and logs: their exporters often share the endpoint and would log errors.
  const discard: Export = (_call, done) => done(null, Buffer.alloc(0));
  server.addService(exportService('trace', 'TraceService'), { export: traces });
  server.addService(exportService('metrics', 'MetricsService'), { export: discard });
  server.addService(exportService('logs', 'LogsService'), { export: discard });
  return server;
}

/** Resolves with the bound port. */
export const bindGrpc = (server: Server, address: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });

/** Calls in flight may finish within the grace period, then they are cancelled. */
export const closeGrpc = (server: Server, graceMs: number): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => server.forceShutdown(), graceMs);
    server.tryShutdown(() => {
      clearTimeout(cut);
      resolve();
    });
  });
