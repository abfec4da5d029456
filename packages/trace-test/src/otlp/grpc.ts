import { type MethodDefinition, Server, ServerCredentials, type sendUnaryData, status } from '@grpc/grpc-js';

const MAX_REQUEST_BYTES = 64 * 1024 * 1024;

const same = (bytes: Buffer) => bytes;
const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes);

/** OTLP's `TraceService/Export`, with requests and responses as raw bytes. */
export const exportMethod = {
  path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  requestStream: false,
  responseStream: false,
  requestSerialize: asBuffer,
  requestDeserialize: same,
  responseSerialize: asBuffer,
  responseDeserialize: same,
} satisfies MethodDefinition<Uint8Array, Uint8Array>;

export type ExportReply = { body: Uint8Array } | { error: string };

/** Undefined: the request is never answered. */
export type ExportHandler = (request: Uint8Array) => ExportReply | Promise<ExportReply> | undefined;

/** Listens on 127.0.0.1 for OTLP/gRPC; port 0 picks a free port. */
export async function listenForExports(
  port: number,
  handle: ExportHandler,
): Promise<{ port: number; close: () => void }> {
  const server = new Server({ 'grpc.max_receive_message_length': MAX_REQUEST_BYTES });
  server.addService(
    { export: exportMethod },
    {
      async export({ request }: { request: Uint8Array }, callback: sendUnaryData<Uint8Array>) {
        const reply = await handle(request);
        if (reply === undefined) return;
        if ('body' in reply) callback(null, reply.body);
        else callback({ code: status.INTERNAL, details: reply.error });
      },
    },
  );
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, ownPort) =>
      error ? reject(error) : resolve(ownPort),
    );
  });
  return { port: bound, close: () => server.forceShutdown() };
}
