/**
 * `pnpm measure:rollout`: how long dispo is away when its pod is replaced, in the parts that its settings decide. What a cluster adds
 * (removing and making the pod, its sandbox, its volume) is not in it. Idle, and on a machine whose every core is taken.
 */
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { locateKustomize } from '../manifests/kustomize.ts';
import { Manifests } from '../manifests/objects.ts';
import { type Cluster, createCluster } from './cluster.ts';
import { type Engine, startEngine, whyNoEngine } from './engine.ts';
import { buildImage, importBases } from './images.ts';

const OVERLAY = 'deploy/overlays/dev-viewer';
const NODE_IMAGE = 'node:24-bookworm-slim';
const ROUNDS = 7;
const POLL_MS = 10;

interface Parts {
  /** From SIGTERM until the process has ended. */
  end: number;
  /** From its start until `/livez` answers. */
  start: number;
  /** From then until `/readyz` says yes. */
  ready: number;
}

async function replaceOnce(engine: Engine, cluster: Cluster): Promise<Parts> {
  const url = await cluster.url('dispo', 'internal');
  const path = async (of: string, until: (status: number | undefined) => boolean) => {
    while (!until((await fetch(url + of).catch(() => undefined))?.status)) await sleep(POLL_MS);
  };
  const begin = performance.now();
  const gone = path('/livez', (status) => status === undefined);
  const stopped = engine.docker(['kill', '--signal', 'TERM', 'dispo']).then(() => engine.docker(['wait', 'dispo']));
  await stopped;
  await gone;
  const end = performance.now() - begin;
  await cluster.stopPod('dispo');
  const starting = cluster.startPod('dispo');
  // Docker, like a cluster, makes the container first; the clock is the process's own.
  const lives = path('/livez', (status) => status === 200).then(() => Date.now());
  const livesAt = await lives;
  await path('/readyz', (status) => status === 200);
  const readyAt = Date.now();
  await starting;
  const startedAt = Date.parse((await engine.docker(['inspect', '--format', '{{.State.StartedAt}}', 'dispo'])).trim());
  return { end, start: livesAt - startedAt, ready: readyAt - livesAt };
}

const median = (values: number[]) => Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0);

async function report(what: string, engine: Engine, cluster: Cluster): Promise<void> {
  const rounds: Parts[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await replaceOnce(engine, cluster));
  const of = (part: keyof Parts) => median(rounds.map((one) => one[part]));
  const all = rounds.map(({ end, start, ready }) => end + start + ready);
  console.log(
    `| ${what} | ${of('end')} | ${of('start')} | ${of('ready')} | ${median(all)} | ${Math.round(Math.max(...all))} |`,
  );
}

const kustomize = await locateKustomize();
const why = (await whyNoEngine()) ?? (kustomize ? undefined : 'there is no kubectl');
if (why || !kustomize) throw new Error(`The rollout cannot be measured: ${why}.`);

const manifests = new Manifests(await kustomize.render(OVERLAY));
await using engine = await startEngine();
const imageOf = (name: string) => manifests.one('Deployment', name).spec?.template.spec?.containers[0]?.image ?? '';
await importBases(engine, [NODE_IMAGE, imageOf('redis')]);
for (const name of ['dispo', 'viewer']) await buildImage(engine, { name, tag: imageOf(name) });
const cluster = await createCluster(engine, manifests);
for (const pod of ['redis', 'viewer', 'dispo']) await cluster.startPod(pod);

console.log(
  '| dispo, replaced | SIGTERM to end, ms | start to `/livez`, ms | to `/readyz`, ms | together, ms | longest, ms |',
);
console.log('| --- | ---: | ---: | ---: | ---: | ---: |');
await report('idle machine', engine, cluster);
const burn = ['node', '-e', 'for (;;);'];
for (let core = 0; core < availableParallelism(); core += 1) {
  await engine.docker(['run', '--detach', '--name', `busy-${core}`, '--cpu-shares', '1024', NODE_IMAGE, ...burn]);
}
await report('every core taken by others', engine, cluster);
