import { httpJson } from '@hotel/trace-test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateKustomize } from '../manifests/kustomize.ts';
import { Manifests } from '../manifests/objects.ts';
import { type Cluster, createCluster } from './cluster.ts';
import { type Engine, startEngine, whyNoEngine } from './engine.ts';
import { buildImage, importBases } from './images.ts';
import { NODE_NAME } from './pod.ts';
import { bookSomeRoom, promises, type Target } from './target.ts';

const OVERLAY = 'deploy/overlays/dev-viewer';
const NODE_IMAGE = 'node:24-bookworm-slim';

const kustomize = await locateKustomize();
const why = (await whyNoEngine()) ?? (kustomize ? undefined : 'kubectl is not available');
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
  // Both kinds of image: dispo's as Tilt builds it, which restarts on source changes.
  const tagOf = (name: string) => manifests.one('Deployment', name).spec?.template.spec?.containers[0]?.image ?? '';
  await buildImage(engine, { name: 'dispo', tag: tagOf('dispo'), target: 'dev' });
  await buildImage(engine, { name: 'cleaning', tag: tagOf('cleaning') });
  await buildImage(engine, { name: 'viewer', tag: tagOf('viewer') });
  cluster = await createCluster(engine, manifests);
  for (const pod of ['redis', 'viewer', 'dispo', 'cleaning']) await cluster.startPod(pod);
  target = {
    dispo: await cluster.url('dispo', 'http'),
    cleaning: await cluster.url('cleaning', 'http'),
    query: await cluster.url('viewer', 'query'),
  };
});
afterAll(() => engine?.[Symbol.asyncDispose]());

describe.skipIf(why)('the hotel in containers, according to its manifests', () => {
  it.each(promises)('$name', ({ keep }) => keep(target));

  it('records pod and version in every span, and the trace in the log', async () => {
    const { traceId } = await bookSomeRoom(target);
    await promises[0]?.keep(target);
    const { body } = await httpJson<{ result: { resourceSpans: ResourceSpans[] } }>(
      `${target.query}/api/v3/traces/${traceId}`,
    );
    const pods = body.result.resourceSpans.map(({ resource }) => {
      const of = (key: string) => resource.attributes.find((one) => one.key === key)?.value.stringValue;
      expect([of('host.name'), of('k8s.node.name'), of('host.id')]).toEqual([NODE_NAME, NODE_NAME, undefined]);
      return [of('service.name'), of('k8s.pod.name'), of('service.namespace'), of('service.version')].join(' ');
    });
    expect(new Set(pods)).toEqual(new Set(['dispo dispo-0 hotel 0.1.0', 'cleaning-worker cleaning-0 hotel 0.1.0']));
    for (const container of ['dispo', 'cleaning', 'cleaning-worker']) {
      expect(await cluster.logs(container)).not.toContain('host.id');
    }
    for (const container of ['dispo', 'cleaning-worker']) expect(await cluster.logs(container)).toContain(traceId);
  });

  it('serves the front desk, bundled at the first request in a dev image', async () => {
    const page = await fetch(`${await cluster.url('dispo', 'http')}/`);
    expect(await page.text()).toContain('/front-desk/page.js');
    const script = await fetch(`${await cluster.url('dispo', 'http')}/front-desk/page.js`);
    expect([script.status, script.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
  });

  it('serves only metrics on the port for Prometheus', async () => {
    for (const [service, port, name] of [
      ['dispo', 'metrics', 'dispo'],
      ['cleaning', 'metrics', 'cleaning'],
      ['cleaning', 'worker-metrics', 'cleaning-worker'],
    ] as const) {
      const url = await cluster.url(service, port);
      expect(await (await fetch(`${url}/metrics`)).text()).toContain(`service_name="${name}"`);
      for (const path of ['/readyz', '/internal/v1/rooms/1/state', '/api/v1/rooms']) {
        expect((await fetch(url + path)).status).toBe(404);
      }
    }
  });

  it('starts from the compile cache in its image', async () => {
    for (const container of ['dispo', 'cleaning', 'cleaning-worker']) {
      const [, ...args] = (await cluster.exec(container, ['cat', '/proc/1/cmdline'])).split('\0');
      // V8 flags are part of the cache key. The watcher of a dev image starts its process without flags.
      const flags = args.filter((arg) => /^--(min|max|expose|v8)-/.test(arg));
      const program = 'require("node:module").getCompileCacheDir()';
      const folder = (await cluster.exec(container, ['node', ...flags, '--print', program])).trim();
      expect((await cluster.exec(container, ['ls', folder])).split('\n').length).toBeGreaterThan(200);
    }
  });

  it('runs as non-root on a read-only file system', async () => {
    for (const container of ['dispo', 'cleaning', 'cleaning-worker', 'viewer', 'redis']) {
      expect(await cluster.exec(container, ['id', '-u'])).not.toBe('0\n');
      await expect(cluster.exec(container, ['touch', '/written'])).rejects.toThrow(/Read-only file system/);
      const status = await cluster.exec(container, ['cat', '/proc/1/status']);
      expect(status).toMatch(/^CapEff:\s+0+$/m);
      expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    }
  });

  it('loses no acknowledged booking while dispo is replaced', async () => {
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

  it.each([
    ['in place', 'fs.writeFileSync(file, text)'],
    [
      'by renaming a new file, as a live update does',
      'fs.writeFileSync(file + ".new", text); fs.renameSync(file + ".new", file)',
    ],
    ['by removing the file and creating a new one', 'fs.unlinkSync(file); fs.writeFileSync(file, text)'],
  ])('serves every save of a source %s, a broken one and its repair included', async (how, program) => {
    const save = (file: string, text: string) =>
      cluster.exec('dispo', [
        'node',
        '-e',
        `const fs = require('node:fs'); const [file, text] = process.argv.slice(1); ${program}`,
        file,
        text,
      ]);
    const internal = await cluster.url('dispo', 'internal');
    const status = async (path: string) => (await fetch(internal + path).catch(() => undefined))?.status;
    const file = '/app/dispo/src/app.ts';
    const good = await cluster.exec('dispo', ['cat', file]);
    const saveMarked = async (path: string, text: string, count: number) => {
      const marker = `${how} ${count}`;
      await save(path, `${text}\nprocess.stdout.write(${JSON.stringify(`${marker}\n`)});\n`);
      await expect.poll(() => cluster.logs('dispo'), { interval: 100 }).toContain(marker);
      await expect.poll(() => status('/readyz'), { interval: 100 }).toBe(200);
    };
    await saveMarked(file, good, 1);
    await saveMarked(file, good, 2);
    await save(file, 'const broken: = 1;');
    await expect.poll(() => status('/readyz'), { interval: 100 }).toBe(503);
    expect(await status('/livez')).toBe(200);
    await saveMarked(file, good, 3);
    const shared = '/app/packages/http/src/problem.ts';
    await saveMarked(shared, await cluster.exec('dispo', ['cat', shared]), 4);
    await promises[0]?.keep(target);
  });

  it('exits with 0 within its grace period', async () => {
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
