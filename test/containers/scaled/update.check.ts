import { httpJson } from '@hotel/trace-test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateKustomize } from '../../manifests/kustomize.ts';
import { Manifests } from '../../manifests/objects.ts';
import { createCluster, NETWORK } from '../cluster.ts';
import { type Engine, startEngine, whyNoEngine } from '../engine.ts';
import { buildImage, importBases } from '../images.ts';
import { type Balancer, startBalancer } from './balancer.ts';
import { startLoad } from './load.ts';
import { createReplicas, type Replicas } from './replicas.ts';

const OVERLAY = 'deploy/overlays/scaled';
const NODE_IMAGE = 'node:24-bookworm-slim';
/** Ends what hangs, even on a machine that is several times slower. */
const LIMIT_MS = 600_000;

const kustomize = await locateKustomize();
const why = (await whyNoEngine()) ?? (kustomize ? undefined : 'there is no kubectl');
if (why) console.warn(`SKIPPED: no rolling update was run: ${why}.`);

let engine: Engine;
const balancers = new DisposableStack();
const deployments: Record<string, Replicas> = {};
let dispo: string;
let cleaning: string;

beforeAll(async () => {
  if (why || !kustomize) return;
  const manifests = new Manifests(await kustomize.render(OVERLAY));
  const imageOf = (pod: string) => manifests.pods().find(({ name }) => name === pod)?.spec.containers[0]?.image ?? '';
  engine = await startEngine();
  await importBases(engine, [NODE_IMAGE, imageOf('redis'), imageOf('postgres')]);
  for (const name of ['dispo', 'cleaning']) await buildImage(engine, { name, tag: imageOf(name) });
  const cluster = await createCluster(engine, manifests);
  for (const pod of ['redis', 'postgres']) await cluster.startPod(pod);

  // The bridge of the network: the balancers listen where containers and the test reach them.
  const format = '{{(index .IPAM.Config 0).Gateway}}';
  const gateway = (await engine.docker(['network', 'inspect', '--format', format, NETWORK])).trim();
  const balance = async (port: number): Promise<Balancer> => balancers.use(await startBalancer(gateway, port));
  const urlOf = ({ port }: Balancer) => `http://${gateway}:${port}`;
  const [dispoPublic, dispoInternal] = [await balance(8080), await balance(9080)];
  const [cleaningPublic, cleaningInternal] = [await balance(8081), await balance(9081)];
  [dispo, cleaning] = [urlOf(dispoPublic), urlOf(cleaningPublic)];
  const place = { engine, manifests };
  Object.assign(deployments, {
    dispo: createReplicas('dispo', {
      ...place,
      env: {
        CLEANING_INTERNAL_URL: urlOf(cleaningInternal),
        // A busy machine may take longer than the 2 s that a guest waits; the load reports what hangs.
        HOTEL_CLEANING_TIMEOUT_MS: '60000',
      },
      balancers: [dispoPublic, dispoInternal],
    }),
    cleaning: createReplicas('cleaning', { ...place, env: {}, balancers: [cleaningPublic, cleaningInternal] }),
    'cleaning-worker': createReplicas('cleaning-worker', {
      ...place,
      env: { DISPO_INTERNAL_URL: urlOf(dispoInternal) },
      balancers: [],
    }),
  });
  for (const replicas of Object.values(deployments)) await replicas.start(2);
});

afterAll(async () => {
  balancers.dispose();
  await engine?.[Symbol.asyncDispose]();
});

describe.skipIf(why)('a rolling update under load, according to the manifests of several replicas', () => {
  it.each(['dispo', 'cleaning', 'cleaning-worker'])(
    'of %s fails no request and loses no booking',
    { timeout: LIMIT_MS },
    async (name) => {
      const load = await startLoad({ dispo, cleaning });
      let before = 0;
      try {
        await expect.poll(() => load.booked.length).toBeGreaterThan(10);
        before = load.requests();
        await deployments[name]?.update();
      } finally {
        await load.stop();
      }
      expect(load.failures).toEqual([]);
      expect(load.requests() - before).toBeGreaterThan(100);
      for (const id of load.booked) {
        const url = `${dispo}/api/v1/bookings/${id}`;
        const state = async () => (await httpJson<{ cleaning: string }>(url)).body.cleaning;
        await expect.poll(state, { timeout: LIMIT_MS }).toBe('planned');
      }
    },
  );
});
