/**
 * `pnpm measure:rollout`: dispo's downtime when its pod is replaced, as far as its settings determine it. It excludes the cluster's
 * part (removing and creating the pod, its sandbox, its volume). The CPU time of startup determines its duration on a fully loaded
 * node, where a container gets its CPU request.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError, runCommand } from '@hotel/cli';
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
  /** From SIGTERM until the process has exited. */
  end: number;
  /** From start until `/livez` responds. */
  start: number;
  /** From then until `/readyz` succeeds. */
  ready: number;
  /** CPU time of the process when `/livez` responds. */
  cpu: number;
}

async function replaceOnce(engine: Engine, cluster: Cluster): Promise<Parts> {
  const url = await cluster.url('dispo', 'internal');
  const answers = async (path: string) => {
    while (!(await fetch(url + path).catch(() => undefined))?.ok) await sleep(POLL_MS);
    return Date.now();
  };
  const begin = performance.now();
  await engine.docker(['kill', '--signal', 'TERM', 'dispo']);
  await engine.docker(['wait', 'dispo']);
  const end = performance.now() - begin;
  await cluster.stopPod('dispo');
  const starting = cluster.startPod('dispo');
  const livesAt = await answers('/livez');
  // Creating a container is the cluster's part: the clock starts with the process.
  const [startedAt = '', pid = ''] = (
    await engine.docker(['inspect', '--format', '{{.State.StartedAt}} {{.State.Pid}}', 'dispo'])
  ).split(/\s/);
  const cpu = await cpuOf(pid);
  const readyAt = await answers('/readyz');
  await starting;
  return { end, start: livesAt - Date.parse(startedAt), ready: readyAt - livesAt, cpu };
}

/** In milliseconds; the kernel counts hundredths of a second. */
async function cpuOf(pid: string): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

const median = (values: number[]) => Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0);

const USAGE = `Usage: npx -y pnpm@12 measure:rollout

Replaces dispo's pod ${ROUNDS} times in containers and prints the parts of its downtime. Takes minutes; needs root and a container
engine.

  --help  print this text`;

await runCommand({ usage: USAGE, options: {} }, async () => {
  const kustomize = await locateKustomize();
  const why = (await whyNoEngine()) ?? (kustomize ? undefined : 'kubectl is not available');
  if (why || !kustomize) throw new CommandError(`The rollout cannot be measured: ${why}.`);

  const manifests = new Manifests(await kustomize.render(OVERLAY));
  await using engine = await startEngine();
  const imageOf = (name: string) => manifests.one('Deployment', name).spec?.template.spec?.containers[0]?.image ?? '';
  await importBases(engine, [NODE_IMAGE, imageOf('redis')]);
  for (const name of ['dispo', 'viewer']) await buildImage(engine, { name, tag: imageOf(name) });
  const cluster = await createCluster(engine, manifests);
  for (const pod of ['redis', 'viewer', 'dispo']) await cluster.startPod(pod);

  const rounds: Parts[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await replaceOnce(engine, cluster));
  const medianOf = (part: keyof Parts) => median(rounds.map((one) => one[part]));
  const sums = rounds.map(({ end, start, ready }) => end + start + ready);
  console.log('| part of the downtime | ms |');
  console.log('| --- | ---: |');
  console.log(`| from SIGTERM to exit | ${medianOf('end')} |`);
  console.log(`| from start to \`/livez\` | ${medianOf('start')} |`);
  console.log(`| from \`/livez\` to \`/readyz\` | ${medianOf('ready')} |`);
  console.log(`| together | ${median(sums)}, at most ${Math.round(Math.max(...sums))} |`);
  console.log(`| CPU time of startup | ${medianOf('cpu')} |`);
  return 0;
});
