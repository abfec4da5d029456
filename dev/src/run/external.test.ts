import { createServer } from 'node:net';
import { freePorts } from '@hotel/system';
import { expect, it } from 'vitest';
import { hotel } from '../systems/hotel.ts';
import { checkRedis, externalCollector, queryUrlBeside, withoutViewer } from './external.ts';

it('starts no viewer when the environment names a collector', () => {
  expect(externalCollector({})).toBeUndefined();
  expect(externalCollector({ OTEL_EXPORTER_OTLP_ENDPOINT: '' })).toBeUndefined();
  expect(externalCollector({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317' })).toBe('http://c:4317');
  expect(withoutViewer(hotel).processes.map(({ name }) => name)).toEqual(['dispo', 'cleaning', 'cleaning-worker']);
});

it('looks for the traces on the host of the collector, unless told where', () => {
  expect(queryUrlBeside('http://jaeger.lan:4317', {})).toBe('http://jaeger.lan:16686');
  expect(queryUrlBeside('http://jaeger.lan:4317', { JAEGER_QUERY_URL: 'http://q/' })).toBe('http://q');
});

it('says before anything starts that the given Redis cannot be reached, without its password', async () => {
  const [port] = (await freePorts(1)) as [number];
  const message = await checkRedis(`redis://:secret@127.0.0.1:${port}`).catch((error: Error) => error.message);
  expect(message).toContain(`Redis at 127.0.0.1:${port} (REDIS_URL) cannot be reached: ECONNREFUSED`);
  expect(message).not.toContain('secret');
  await expect(checkRedis('here')).rejects.toThrow(/REDIS_URL is not a URL/);
  const server = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  expect(await checkRedis(`redis://127.0.0.1:${port}`)).toBe(`127.0.0.1:${port}`);
  server.close();
});
