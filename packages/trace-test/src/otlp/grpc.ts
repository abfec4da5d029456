import { type MethodDefinition, Server, ServerCredentials, type sendUnaryData, status } from '@grpc/grpc-js';

const MAX_REQUEST_BYTES = 64 * 1024 * 1024;

const same = (bytes: Buffer) => bytes;
const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes);

const exportMethod = (service: string): MethodDefinition<Uint8Array, Uint8Array> => ({
  path: `/opentelemetry.proto.collector.${service}/Export`,
  requestStream: false,
  responseStream: false,
  requestSerialize: asBuffer,
  requestDeserialize: same,
  responseSerialize: asBuffer,
  responseDeserialize: same,
});

export type ExportedSignal = 'trace' | 'logs';

/** OTLP's `TraceService/Export` and `LogsService/Export`, with requests and responses as raw bytes. */
export const exportMethods = {
  trace: exportMethod('trace.v1.TraceService'),
  logs: exportMethod('logs.v1.LogsService'),
} satisfies Record<ExportedSignal, object>;

export type ExportReply = { body: Uint8Array } | { error: string };

/** Undefined: the request is never answered. */
export type ExportHandler = (
  request: Uint8Array,
  signal: ExportedSignal,
) => ExportReply | Promise<ExportReply> | undefined;

/** Listens on 127.0.0.1 for OTLP/gRPC; port 0 picks a free port. */
export async function listenForExports(
  port: number,
  handle: ExportHandler,
  signals: readonly ExportedSignal[] = ['trace', 'logs'],
): Promise<{ port: number; close: () => void }> {
  const server = new Server({ 'grpc.max_receive_message_length': MAX_REQUEST_BYTES });
  for (const signal of signals) {
    server.addService(
      { export: exportMethods[signal] },
      {
        async export({ request }: { request: Uint8Array }, callback: sendUnaryData<Uint8Array>) {
          const reply = await handle(request, signal);
          if (reply === undefined) return;
          if ('body' in reply) callback(null, reply.body);
          else callback({ code: status.INTERNAL, details: reply.error });
        },
      },
    );
  }
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, ownPort) =>
      error ? reject(error) : resolve(ownPort),
    );
  });
  return { port: bound, close: () => server.forceShutdown() };
}
