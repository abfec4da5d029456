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
import { MalformedError } from './decode/reader.ts';
import { type Ingest, MAX_BODY_BYTES } from './ingest.ts';
import { encodeResponse } from './response.ts';
import { SIGNALS } from './signals.ts';

type Export = handleUnaryCall<Buffer, Buffer>;

const same = (bytes: Buffer): Buffer => bytes;

/** Passes raw bytes: the handler decodes them, so that it can return a helpful error for a malformed message. */
const exportService = (path: string): ServiceDefinition<UntypedServiceImplementation> => ({
  export: {
    path,
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
  for (const { signal, method, request } of SIGNALS) {
    const receive: Export = (call, done) => {
      try {
        done(null, encodeResponse(ingest.protobuf(signal, call.request)));
      } catch (error) {
        if (!(error instanceof MalformedError)) throw error;
        done({ code: status.INVALID_ARGUMENT, details: `malformed ${request}: ${error.message}` });
      }
    };
    server.addService(exportService(method), { export: receive });
  }
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
