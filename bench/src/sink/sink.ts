/** An OTLP/gRPC receiver in a process of its own: takes everything, keeps nothing, counts spans and bytes. */
import { Server, ServerCredentials, type sendUnaryData } from '@grpc/grpc-js';
import { serveParent } from '../helper/child.ts';
import { countSpans } from './count-spans.ts';

/** Length and compression flag before each gRPC message. */
const GRPC_FRAME_BYTES = 5;
const MAX_REQUEST_BYTES = 64 * 1024 * 1024;
const counts = { spans: 0, bytes: 0, requests: 0 };

const same = (bytes: Buffer) => bytes;
const server = new Server({ 'grpc.max_receive_message_length': MAX_REQUEST_BYTES });
server.addService(
  {
    export: {
      path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
      requestStream: false,
      responseStream: false,
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    },
  },
  {
    export({ request }: { request: Buffer }, callback: sendUnaryData<Buffer>) {
      counts.requests++;
      counts.bytes += request.length + GRPC_FRAME_BYTES;
      counts.spans += countSpans(request);
      callback(null, Buffer.alloc(0));
    },
  },
);
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  serveParent({ port }, () => counts);
});
