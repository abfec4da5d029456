import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProcessSpec } from '@hotel/system';
import type { Column } from '../figures/answer.ts';
import { rowOf } from '../figures/samples.ts';
import { startHelper } from '../helper/parent.ts';
import { cpuSeconds } from '../machine/cpu.ts';
import type { QueueJob } from '../programs/bare-queue.ts';
import type { SpanJob } from '../programs/bare-span.ts';
import type { SqliteJob } from '../programs/bare-sqlite.ts';
import { interleave, type Question, type Variant } from '../question.ts';
import { startTestbed } from '../testbed.ts';

const hello: ProcessSpec = {
  name: 'hello',
  folder: 'bench',
  entry: 'src/programs/hello.ts',
  traced: false,
  ports: { HELLO_PORT: 0 },
  env: {},
  ready: { port: 'HELLO_PORT', path: '/' },
};

async function measureHello(): Promise<Record<string, number>> {
  await using testbed = await startTestbed({ processes: [hello], traced: false });
  const port = testbed.port('HELLO_PORT');
  const load = (seconds: number) =>
    testbed.generator.closedLoop({ port, connections: 32, seconds, requests: { kind: 'get', path: '/' } });
  await load(1);
  const before = cpuSeconds(testbed.pid('hello'));
  const { perSecond, requests } = await load(2);
  return { perSecond, cpuUs: ((cpuSeconds(testbed.pid('hello')) - before) * 1e6) / requests };
}

/** A program that measures itself in its own process. */
async function askProgram<Job>(file: string, job: Job): Promise<Record<string, number>> {
  await using helper = await startHelper<Job, Record<string, number>>(new URL(`../programs/${file}`, import.meta.url));
  return await helper.ask(job);
}

const sqlite = (synchronous: SqliteJob['synchronous'], commits: number): Variant => ({
  name: `INSERT and commit, better-sqlite3, \`synchronous=${synchronous}\``,
  async measure() {
    const folder = await mkdtemp(join(tmpdir(), 'hotel-bench-'));
    try {
      const file = join(folder, 'bare.sqlite');
      return await askProgram<SqliteJob>('bare-sqlite.ts', { file, synchronous, commits });
    } finally {
      await rm(folder, { recursive: true });
    }
  },
});

const queue = (name: string, how: QueueJob['how'], jobs: number): Variant => ({
  name,
  async measure() {
    await using testbed = await startTestbed({ processes: [], traced: false });
    const port = Number(new URL(testbed.redisUrl).port);
    return await askProgram<QueueJob>('bare-queue.ts', { port, jobs, how });
  },
});

const span = (name: string, serialize: boolean): Variant => ({
  name,
  measure: () => askProgram<SpanJob>('bare-span.ts', { spans: 200_000, serialize }),
});

const variants: Variant[] = [
  { name: 'GET, Hono on node-server, 32 connections', measure: measureHello },
  sqlite('FULL', 3_000),
  sqlite('NORMAL', 30_000),
  sqlite('OFF', 30_000),
  queue('job added, BullMQ `add`, 32 at a time', 'add', 10_000),
  queue('job added, BullMQ `addBulk` of 100', 'addBulk', 20_000),
  queue('job processed, BullMQ, a worker that does nothing', 'process', 10_000),
  span('span started and ended, OpenTelemetry SDK', false),
  span('span started, ended and serialized, OpenTelemetry SDK', true),
];

const columns: Column[] = [
  { key: 'perSecond', title: 'per second' },
  { key: 'cpuUs', title: 'CPU, us per call' },
];

export const limits = {
  question: 'How fast are the libraries alone?',
  async ask(bench) {
    const samples = await interleave(bench, variants);
    return [
      {
        id: 'limits',
        title: 'Bare limits, each library alone in its process',
        of: 'what',
        columns,
        rows: variants.map(({ name }) => rowOf(samples, name, columns)),
      },
    ];
  },
} satisfies Question;
