/** An OTLP/gRPC receiver in its own process: accepts everything, keeps nothing, counts spans and bytes. */
import { createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { serveParent } from '../helper/child.ts';
import { countSpans } from './count-spans.ts';

/** Compression flag and length before each gRPC message. */
const GRPC_FRAME_BYTES = 5;
/**
 * Bytes a sender may have in flight. With HTTP/2's initial 64 KiB a sender often waits for a window update. A receiver in Go
 * widens its window as needed (Jaeger 2.20 and the Collector 0.155 to 2 MiB); grpc-js cannot
 * (https://grpc.io/blog/grpc-go-perf-improvements/).
 */
const WINDOW_BYTES = Number(process.argv[2] ?? 16 * 1024 * 1024);
const counts = { spans: 0, bytes: 0, logBytes: 0, requests: 0 };

const server = createServer({ settings: { initialWindowSize: WINDOW_BYTES } });
server.on('session', (session) => session.setLocalWindowSize(WINDOW_BYTES));
server.on('stream', (stream, { ':path': path = '' }) => {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => {
    const request = Buffer.concat(chunks);
    counts.requests++;
    counts.bytes += request.length;
    if (path.includes('.trace.')) counts.spans += countSpans(request.subarray(GRPC_FRAME_BYTES));
    if (path.includes('.logs.')) counts.logBytes += request.length;
    answer(stream);
  });
});

/** An empty message: all spans were accepted. */
function answer(stream: ServerHttp2Stream): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(Buffer.alloc(GRPC_FRAME_BYTES));
}

server.listen(0, '127.0.0.1', () => {
  serveParent({ port: (server.address() as AddressInfo).port }, () => counts);
});
