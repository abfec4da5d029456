import { httpJson } from '@hotel/trace-test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateKustomize } from '../manifests/kustomize.ts';
import { Manifests } from '../manifests/objects.ts';
import { type Cluster, createCluster } from './cluster.ts';
import { type Engine, startEngine, whyNoEngine } from './engine.ts';
import { buildImage, importBases } from './images.ts';
import { bookSomeRoom, promises, type Target } from './target.ts';

const OVERLAY = 'deploy/overlays/dev-viewer';
const NODE_IMAGE = 'node:24-bookworm-slim';

const kustomize = await locateKustomize();
const why = (await whyNoEngine()) ?? (kustomize ? undefined : 'there is no kubectl');
if (why) console.warn(`SKIPPED: the images were not built and the containers not started: ${why}.`);

let engine: Engine;
let cluster: Cluster;
let target: Target;

beforeAll(async () => {
  if (why || !kustomize) return;
  const manifests = new Manifests(await kustomize.render(OVERLAY));
  engine = await startEngine();
  const redis = manifests.one('Deployment', 'redis').spec?.template.spec?.containers[0]?.image ?? '';
  await importBases(engine, [NODE_IMAGE, redis]);
  // As Tilt does: the images of the services are the ones that start anew when a source changes.
  const tagOf = (name: string) => manifests.one('Deployment', name).spec?.template.spec?.containers[0]?.image ?? '';
  await buildImage(engine, { name: 'dispo', tag: tagOf('dispo'), target: 'dev' });
  await buildImage(engine, { name: 'cleaning', tag: tagOf('cleaning') });
  await buildImage(engine, { name: 'viewer', tag: tagOf('viewer'), builder: 'classic' });
  cluster = await createCluster(engine, manifests);
  for (const pod of ['redis', 'viewer', 'dispo', 'cleaning']) await cluster.startPod(pod);
  target = {
    dispo: await cluster.url('dispo', 'http'),
    cleaning: await cluster.url('cleaning', 'http'),
    query: await cluster.url('viewer', 'query'),
  };
});
afterAll(() => engine?.[Symbol.asyncDispose]());

describe.skipIf(why)('the hotel in containers, as its manifests say', () => {
  it.each(promises)('$name', ({ keep }) => keep(target));

  it('says in every span which pod and version it is from, and in the log which trace', async () => {
    const { traceId } = await bookSomeRoom(target);
    await promises[0]?.keep(target);
    const { body } = await httpJson<{ result: { resourceSpans: ResourceSpans[] } }>(
      `${target.query}/api/v3/traces/${traceId}`,
    );
    const pods = body.result.resourceSpans.map(({ resource }) => {
      const of = (key: string) => resource.attributes.find((one) => one.key === key)?.value.stringValue;
      return [of('service.name'), of('k8s.pod.name'), of('service.namespace'), of('service.version')].join(' ');
    });
    expect(new Set(pods)).toEqual(new Set(['dispo dispo-0 hotel 0.1.0', 'cleaning-worker cleaning-0 hotel 0.1.0']));
    for (const container of ['dispo', 'cleaning-worker']) expect(await cluster.logs(container)).toContain(traceId);
  });

  it('runs without root, on a file system it cannot write to', async () => {
    for (const container of ['dispo', 'cleaning', 'cleaning-worker', 'viewer', 'redis']) {
      expect(await cluster.exec(container, ['id', '-u'])).not.toBe('0\n');
      await expect(cluster.exec(container, ['touch', '/written'])).rejects.toThrow(/Read-only file system/);
      const status = await cluster.exec(container, ['cat', '/proc/1/status']);
      expect(status).toMatch(/^CapEff:\s+0+$/m);
      expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    }
  });

  it('loses no booking that it has acknowledged while dispo is replaced', async () => {
    const acknowledged: number[] = [];
    let replaced = false;
    const guests = Promise.all(
      Array.from({ length: 4 }, async () => {
        while (!replaced) {
          const booked = await bookSomeRoom(target).catch(() => undefined);
          if (booked) acknowledged.push(booked.id);
          else await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }),
    );
    await cluster.recreate('dispo');
    await bookSomeRoom(target);
    replaced = true;
    await guests;
    expect(acknowledged.length).toBeGreaterThan(0);
    for (const id of acknowledged) expect((await httpJson(`${target.dispo}/api/v1/bookings/${id}`)).status).toBe(200);
  });

  it('serves a changed source file, with the root file system still read-only', async () => {
    const file = '/app/dispo/src/app.ts';
    const before = await cluster.exec('dispo', ['cat', file]);
    const marker = `hotel-${Date.now()}`;
    const edited = `${before}\nprocess.stdout.write(${JSON.stringify(`${marker}\n`)});\n`;
    // As a live update does: a new file is put in the place of the old one.
    const write =
      'const fs = require("node:fs"); fs.writeFileSync(process.argv[2], process.argv[1]); fs.renameSync(process.argv[2], process.argv[3]);';
    await cluster.exec('dispo', ['node', '-e', write, edited, `${file}.new`, file]);
    await expect.poll(() => cluster.logs('dispo'), { interval: 100 }).toContain(marker);
    await expect.poll(async () => (await fetch(`${target.dispo}/health`).catch(() => undefined))?.status).toBe(200);
    await promises[0]?.keep(target);
  });

  it('ends by itself within its grace, with 0', async () => {
    for (const pod of ['dispo', 'cleaning']) await cluster.recreate(pod);
    for (const container of ['dispo', 'cleaning', 'cleaning-worker']) {
      expect((await engine.docker(['inspect', '--format', '{{.State.OOMKilled}}', container])).trim()).toBe('false');
    }
    await promises[0]?.keep(target);
  });
});

interface ResourceSpans {
  resource: { attributes: Array<{ key: string; value: { stringValue?: string } }> };
}
