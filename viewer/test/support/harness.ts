import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { onTestFinished } from 'vitest';
import { createViewer, type Viewer, type ViewerOptions } from '../../src/viewer.ts';

/** Starts a viewer on free ports. */
export function openViewer(options: Partial<ViewerOptions> = {}): Promise<Viewer> {
  return createViewer({
    host: '127.0.0.1',
    ports: { query: 0, health: 0, otlpGrpc: 0, otlpHttp: 0 },
    limits: { maxSpans: 10_000, maxBytes: 64 * 1024 * 1024 },
    log: () => {},
    ...options,
  });
}

/** Starts a viewer on free ports; it is closed after the test. */
export async function startViewer(options: Partial<ViewerOptions> = {}): Promise<Viewer> {
  const viewer = await openViewer(options);
  onTestFinished(() => viewer.close());
  return viewer;
}

export async function postJson(
  viewer: Viewer,
  body: unknown,
  headers: Record<string, string> = {},
  path = '/v1/traces',
): Promise<Response> {
  return fetch(`http://127.0.0.1:${viewer.ports.otlpHttp}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

export async function postBytes(
  viewer: Viewer,
  body: Buffer,
  headers: Record<string, string> = {},
  path = '/v1/traces',
): Promise<Response> {
  return fetch(`http://127.0.0.1:${viewer.ports.otlpHttp}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', ...headers },
    body: new Uint8Array(body),
  });
}

/** One Export call; rejects with the gRPC status. */
export function exportGrpc(viewer: Viewer, body: Buffer, signal = 'trace', service = 'TraceService'): Promise<Buffer> {
  const client = new Client(`127.0.0.1:${viewer.ports.otlpGrpc}`, credentials.createInsecure(), {
    'grpc.max_send_message_length': -1,
  });
  onTestFinished(() => client.close());
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      `/opentelemetry.proto.collector.${signal}.v1.${service}/Export`,
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      body,
      (error: ServiceError | null, response?: Buffer) => (error ? reject(error) : resolve(response ?? Buffer.alloc(0))),
    );
  });
}

/** GET on the query port. */
export async function query(viewer: Viewer, path: string): Promise<{ status: number; body: unknown; text: string }> {
  const response = await fetch(`http://127.0.0.1:${viewer.ports.query}${path}`, { redirect: 'manual' });
  const text = await response.text();
  const json = (response.headers.get('content-type') ?? '').includes('json');
  return { status: response.status, body: json ? JSON.parse(text) : undefined, text };
}
