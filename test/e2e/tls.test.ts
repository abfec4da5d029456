import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { freePorts, provideRedis } from '@hotel/system';
import { type Certificates, makeCertificates } from '@hotel/system/test/certificates';
import { httpJson, startSink, type TracedSystem } from '@hotel/trace-test';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, book, startHotel, waitUntilPlanned } from './harness/hotel.ts';

const resources = new AsyncDisposableStack();
let certificates: Certificates;
let traced: TracedSystem;
let sink: Awaited<ReturnType<typeof startSink>>;
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hotel-tls-'));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  certificates = await makeCertificates(folder);
  const redisPort = await startRedis(folder);
  sink = resources.use(await startSink());
  const collector = await startTls(Number(new URL(sink.endpoint).port), ['h2']);
  traced = await startHotel({
    redisUrl: `rediss://127.0.0.1:${redisPort}`,
    env: {
      NODE_EXTRA_CA_CERTS: certificates.caFile,
      OTEL_EXPORTER_OTLP_CERTIFICATE: certificates.caFile,
      OTEL_EXPORTER_OTLP_ENDPOINT: `https://127.0.0.1:${collector}`,
    },
  });
  resources.use(traced);
});
afterAll(() => resources.disposeAsync());

/** A Redis with an additional TLS port. */
async function startRedis(dataDir: string): Promise<number> {
  const redis = await provideRedis({ dataDir });
  resources.defer(() => redis.stop());
  const [port = 0] = await freePorts(1);
  const { certFile, keyFile, caFile } = certificates;
  const files = ['tls-cert-file', certFile, 'tls-key-file', keyFile, 'tls-ca-cert-file', caFile];
  const client = new Redis(redis.url);
  try {
    await client.call('CONFIG', 'SET', 'tls-auth-clients', 'no', ...files, 'tls-port', String(port));
  } finally {
    client.disconnect();
  }
  return port;
}

/** TLS in front of a port. */
async function startTls(target: number, protocols: string[]): Promise<number> {
  const [cert, key] = await Promise.all([readFile(certificates.certFile), readFile(certificates.keyFile)]);
  const server = createServer({ cert, key, ALPNProtocols: protocols }, (client) => {
    const onward = connect(target, '127.0.0.1');
    client.pipe(onward).pipe(client);
    for (const socket of [client, onward])
      socket.on('error', () => {}).on('close', () => [client, onward].map((one) => one.destroy()));
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  resources.defer(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const stay = (room_id: number) => ({ room_id, start: '2027-02-04', end: '2027-02-06' });
const readiness = async () =>
  (
    await httpJson<{ checks: { redis: { ok: boolean; detail: string } } }>(
      `${traced.url('DISPO_INTERNAL_PORT')}/readyz`,
    )
  ).body;

it('a booking is planned over rediss:, and its trace reaches a collector over https: and gRPC, both with a private CA', async () => {
  const { booking, traceId } = await book(traced, stay(1));
  await waitUntilPlanned(traced, booking.id);
  const services = () => new Set(sink.trace(traceId).map(({ service }) => service));
  await sink.waitFor(() => services().size === 2, { what: 'spans of both services' });
  expect([...services()].sort()).toEqual(['cleaning-worker', 'dispo']);
});

it('spans reach a collector with a private CA over https: and HTTP as well', async () => {
  const collector = await startTls(traced.ports.OTLP_HTTP_PORT ?? 0, ['http/1.1']);
  await traced.system.restart('cleaning', {
    OTEL_EXPORTER_OTLP_ENDPOINT: `https://127.0.0.1:${collector}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
  });
  const { traceId = '' } = await httpJson(`${traced.url('CLEANING_PORT')}/api/v1/days`);
  await expect.poll(async () => (await traced.query.trace(traceId)).length).toBeGreaterThan(0);
});

it('without the CA nothing is sent: bookings are accepted, their events wait, and the reason is logged', async () => {
  await traced.system.restart('dispo', { NODE_EXTRA_CA_CERTS: '', OTEL_EXPORTER_OTLP_CERTIFICATE: '' });
  const { booking, traceId } = await book(traced, stay(2));
  expect((await readiness()).checks.redis.ok).toBe(false);
  await expect
    .poll(() =>
      traced
        .lines()
        .filter(({ process, text }) => process === 'dispo' && /Redis cannot be reached.*certificate/.test(text)),
    )
    .not.toEqual([]);
  expect((await ask(traced, 'GET', `/api/v1/bookings/${booking.id}`)).body.cleaning).toBe('pending');
  expect(sink.trace(traceId)).toEqual([]);

  await traced.system.restart('dispo', {});
  await waitUntilPlanned(traced, booking.id);
});
