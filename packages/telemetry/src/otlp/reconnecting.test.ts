import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { ExportResultCode } from '@opentelemetry/core';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, it, onTestFinished, vi } from 'vitest';
import { otlpExporter } from './exporter.ts';
import { spanSignal } from './signals.ts';

/** An empty message, as gRPC frames it. */
const NOTHING = Buffer.alloc(5);

/** Accepts every gRPC request. */
async function startCollector(port = 0) {
  const server = createServer();
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream) => {
    stream.resume();
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.on('end', () => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.end(NOTHING);
    });
  });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  const stop = async () => {
    if (!server.listening) return;
    server.close();
    for (const session of sessions) session.destroy();
    await once(server, 'close');
  };
  onTestFinished(stop);
  return { port: (server.address() as AddressInfo).port, stop };
}

function oneSpan() {
  const memory = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: memory })] });
  provider.getTracer('test').startSpan('one').end();
  return memory.getFinishedSpans();
}

it('the first spans after a collector returns arrive, however long the outage', async () => {
  const { port, stop } = await startCollector();
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${port}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const exporter = await otlpExporter(
    'grpc',
    spanSignal(() => {}),
  );
  onTestFinished(() => exporter.shutdown());
  const send = () => new Promise((resolve) => exporter.export(oneSpan(), ({ code }) => resolve(code)));

  expect(await send()).toBe(ExportResultCode.SUCCESS);
  await stop();
  expect(await send()).toBe(ExportResultCode.FAILED);
  expect(await send()).toBe(ExportResultCode.FAILED);
  await startCollector(port);
  expect(await send()).toBe(ExportResultCode.SUCCESS);
});
