import { httpJson } from '@hotel/trace-test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateKustomize } from '../manifests/kustomize.ts';
import { Manifests } from '../manifests/objects.ts';
import { type Cluster, createCluster } from './cluster.ts';
import { type Engine, startEngine, whyNoEngine } from './engine.ts';
import { buildImage, importBases } from './images.ts';

const NODE_IMAGE = 'node:24-bookworm-slim';
const PYTHON_IMAGE = 'python:3.11-slim-bookworm';
const WORKER = 'cleaning-python';

const kustomize = await locateKustomize();
const why = (await whyNoEngine()) ?? (kustomize ? undefined : 'kubectl is not available');
if (why) console.warn(`SKIPPED: the image of the worker in Python was not built: ${why}.`);

interface Booking {
  id: number;
  cleaning: string;
}

describe.skipIf(why)('the worker in Python in a container, according to its manifests', () => {
  let engine: Engine;
  let cluster: Cluster;
  beforeAll(async () => {
    const manifests = new Manifests((await kustomize?.render('examples/polyglot/deploy')) ?? '');
    const imageOf = (name: string) => manifests.one('Deployment', name).spec?.template.spec?.containers[0]?.image ?? '';
    engine = await startEngine();
    await importBases(engine, [NODE_IMAGE, PYTHON_IMAGE, imageOf('redis')]);
    for (const name of ['dispo', 'cleaning']) await buildImage(engine, { name, tag: imageOf(name) });
    await buildImage(engine, { name: 'examples/polyglot', tag: imageOf(WORKER) });
    cluster = await createCluster(engine, manifests);
    for (const pod of ['redis', 'dispo', 'cleaning', WORKER]) await cluster.startPod(pod);
  });
  afterAll(() => engine?.[Symbol.asyncDispose]());

  it('plans a booking, although its collector is away', async () => {
    const api = `${await cluster.url('dispo', 'http')}/api/v1/bookings`;
    const stay = { room_id: 1, start: '2027-02-04', end: '2027-02-06' };
    const { body } = await httpJson<Booking>(api, { method: 'POST', body: stay });
    await expect.poll(async () => (await httpJson<Booking>(`${api}/${body.id}`)).body.cleaning).toBe('planned');
    const stays = await httpJson(`${await cluster.url(WORKER, 'http')}/stays`);
    expect(stays.body).toMatchObject([{ booking_id: body.id, room: '101' }]);
  });

  it('has a front desk whose scripts are in the image of dispo', async () => {
    const script = await fetch(`${await cluster.url('dispo', 'http')}/front-desk/page.js`);
    expect([script.status, script.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
  });

  it('runs as non-root on a read-only file system, from compiled sources', async () => {
    expect(await cluster.exec(WORKER, ['id', '-u'])).toBe('1000\n');
    await expect(cluster.exec(WORKER, ['touch', '/written'])).rejects.toThrow(/Read-only file system/);
    expect(await cluster.exec(WORKER, ['cat', '/proc/1/status'])).toMatch(/^CapEff:\s+0+$/m);
    expect(await cluster.exec(WORKER, ['ls', '/app/src/__pycache__'])).toContain('consumer.cpython');
  });
});
