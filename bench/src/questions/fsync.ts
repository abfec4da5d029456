import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBooker } from '../bookings.ts';
import type { Column } from '../figures/answer.ts';
import { compare, rowOf } from '../figures/samples.ts';
import { interleave, type Question } from '../question.ts';
import { dispoAlone, startTestbed, type Testbed } from '../testbed.ts';

const MEASURE_S = 2.5;
const counter = new URL('../programs/count-commits.ts', import.meta.url).href;

const columns: Column[] = [
  { key: 'perSecond', title: 'requests/s' },
  { key: 'ofFull', title: 'times FULL' },
  { key: 'p50Ms', title: 'p50, ms' },
  { key: 'p99Ms', title: 'p99, ms' },
  { key: 'writesPerCommit', title: 'bookings per commit' },
  { key: 'cpuUs', title: 'CPU, us/POST' },
];

const settings = ['FULL', 'NORMAL'].flatMap((synchronous) =>
  [32, 1].map((connections) => ({ name: nameOf(synchronous, connections), synchronous, connections })),
);

function nameOf(synchronous: string, connections: number): string {
  return `${synchronous}, ${connections === 1 ? '1 connection' : `${connections} connections`}`;
}

async function measure(synchronous: string, connections: number): Promise<Record<string, number>> {
  await using testbed = await startTestbed({
    processes: [dispoAlone({ nodeArgs: ['--import', counter] })],
    traced: false,
    env: { HOTEL_SQLITE_SYNCHRONOUS: synchronous },
  });
  const booker = await createBooker(testbed, {
    port: testbed.port('DISPO_PORT'),
    pid: testbed.pid('dispo'),
    rooms: 10,
  });
  await booker.book(connections, 1);
  const before = await commitsOf(testbed);
  const { requests, perSecond, p50Ms, p99Ms, cpuUs } = await booker.book(connections, MEASURE_S);
  const commits = (await commitsOf(testbed)) - before;
  return { perSecond, p50Ms, p99Ms, cpuUs, writesPerCommit: requests / commits };
}

async function commitsOf(testbed: Testbed): Promise<number> {
  process.kill(testbed.pid('dispo'), 'SIGUSR2');
  await sleep(100);
  return Number(await readFile(join(testbed.dataDir, 'commits'), 'utf8'));
}

export const fsync = {
  question: 'What does surviving a power cut cost?',
  async ask(bench) {
    const samples = await interleave(
      bench,
      settings.map(({ name, synchronous, connections }) => ({
        name,
        measure: () => measure(synchronous, connections),
      })),
    );
    return [
      {
        id: 'fsync',
        title: 'POST /api/v1/bookings, telemetry off',
        of: '`HOTEL_SQLITE_SYNCHRONOUS`',
        columns,
        rows: settings.map(({ name, connections }) =>
          rowOf(samples, name, columns, {
            ofFull: compare(
              samples,
              name,
              nameOf('FULL', connections),
              (own, base) => (own.perSecond ?? 0) / (base.perSecond ?? 0),
            ),
          }),
        ),
        note: 'dispo does not accept `OFF`; the bare limits show its effect on SQLite alone.',
      },
    ];
  },
} satisfies Question;
