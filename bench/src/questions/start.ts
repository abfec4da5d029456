import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProcessSpec, provideRedis, startSystem } from '@hotel/system';
import { hotel } from 'dev/system';
import type { Column } from '../figures/answer.ts';
import { rowOf } from '../figures/samples.ts';
import { root } from '../machine/describe.ts';
import { interleave, type Question } from '../question.ts';
import { resources } from '../resources.ts';

const everything = 'all, with a private Redis';

const columns: Column[] = [
  { key: 'warmMs', title: 'warm, ms' },
  { key: 'coldMs', title: 'cold, ms' },
];

async function readyMs(
  processes: ProcessSpec[],
  dataDir: string,
  compileCache: string,
  redisUrl?: string,
): Promise<number> {
  // startSystem gives every process the shared compile cache unless one is set.
  process.env.NODE_COMPILE_CACHE = compileCache;
  const began = performance.now();
  const running = await startSystem(
    { ...hotel, processes },
    // Nothing listens there: the SDK is loaded, but starting creates no spans.
    { root, dataDir, ports: 'free', otlpEndpoint: 'http://127.0.0.1:1', redisUrl, signal: resources.signal },
  );
  const ms = performance.now() - began;
  await running.stop();
  delete process.env.NODE_COMPILE_CACHE;
  return ms;
}

async function measure(name: string): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'hotel-bench-'));
  await using undo = new AsyncDisposableStack();
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  const alone = hotel.processes.filter((spec) => spec.name === name);
  const redis = alone.length > 0 ? await provideRedis({ dataDir: folder }) : undefined;
  if (redis) undo.defer(() => redis.stop());
  const processes = alone.length > 0 ? alone.map((spec) => ({ ...spec, env: {} })) : hotel.processes;
  const cache = join(folder, 'compiled');
  const start = () => readyMs(processes, join(folder, 'data'), cache, redis?.url);
  const coldMs = await start();
  return { coldMs, warmMs: await start() };
}

export const start = {
  question: 'How long until the processes are ready?',
  async ask(bench) {
    const names = [...hotel.processes.map(({ name }) => name), everything];
    const samples = await interleave(
      bench,
      names.map((name) => ({ name, measure: () => measure(name) })),
    );
    return [
      {
        id: 'start',
        title: 'From `node` to the first 200 of `/readyz`, telemetry on, as in the embedded run',
        of: 'process',
        columns,
        rows: names.map((name) => rowOf(samples, name, columns)),
        note: 'Cold: with an empty compile cache and an empty database, as after the first install, but with a warm file cache. Warm: the second start.',
      },
    ];
  },
} satisfies Question;
