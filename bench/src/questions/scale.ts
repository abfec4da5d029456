import type { Column, Table } from '../figures/answer.ts';
import { rowOf, type Samples } from '../figures/samples.ts';
import { type Bench, interleave, type Question } from '../question.ts';
import { startIntake } from '../scale/beds.ts';
import { growthVariants } from '../scale/growth.ts';
import { intakeVariants } from '../scale/intake.ts';
import { wholeVariant } from '../scale/whole.ts';

const cpu: Column[] = ['dispo', 'postgres', 'redis', 'cleaning-worker', 'cleaning', 'collector', 'generator'].map(
  (key) => ({ key, title: `${key}, us` }),
);
const main: Column = { key: 'main', title: 'of it on the main thread, us' };
const rate: Column = { key: 'perSecond', title: 'bookings/s' };
const latency: Column[] = [
  { key: 'p50Ms', title: 'p50, ms' },
  { key: 'p99Ms', title: 'p99, ms' },
];
const foreign: Column = { key: 'foreign', title: 'cores used by others' };

function tableOf(id: string, title: string, columns: Column[], samples: Samples, note?: string): Table {
  const withForeign: Samples = new Map(
    [...samples].map(([name, rounds]) => [
      name,
      rounds.map((sample) => ({ ...sample, values: { foreign: sample.foreignCores ?? Number.NaN, ...sample.values } })),
    ]),
  );
  return {
    id,
    title,
    of: 'variant',
    columns: [...columns, foreign],
    rows: [...samples.keys()].map((name) => rowOf(withForeign, name, [...columns, foreign])),
    ...(note ? { note } : {}),
  };
}

async function intake(bench: Bench): Promise<Table> {
  await using owned = new AsyncDisposableStack();
  const sqlite = owned.use(await startIntake(false));
  const postgres = owned.use(await startIntake(true));
  const samples = await interleave(bench, await intakeVariants({ sqlite, postgres }));
  const [dispo, ...others] = cpu as [Column, ...Column[]];
  const columns = [rate, ...latency, dispo, main, ...others];
  return tableOf('intake', 'POST /api/v1/bookings, every span, no worker', columns, samples);
}

async function whole(bench: Bench): Promise<Table> {
  const samples = await interleave(bench, [wholeVariant('SQLite', false), wholeVariant('PostgreSQL', true)]);
  const columns = [
    { key: 'plannedPerSecond', title: 'planned/s' },
    ...cpu,
    { key: 'spans', title: 'spans' },
    { key: 'otlpBytes', title: 'OTLP, bytes' },
    { key: 'commandsPerBooking', title: 'Redis commands' },
    { key: 'queueBytes', title: 'Redis memory per waiting job, bytes' },
    { key: 'storedBytes', title: 'databases, bytes' },
  ];
  return tableOf('whole', 'A booking and its plan, one process of each service, every span', columns, samples);
}

async function growth(bench: Bench): Promise<Table> {
  await using owned = new AsyncDisposableStack();
  const samples = await interleave(bench, await growthVariants(bench, owned));
  return tableOf(
    'size',
    'POST /api/v1/bookings by the number of bookings, 8 connections',
    [...latency, ...cpu],
    samples,
  );
}

export const scale = {
  question: 'What does a booking cost on PostgreSQL, with replicas, contention and a long history?',
  page: 'scale',
  async ask(bench) {
    return [await intake(bench), await whole(bench), await growth(bench)];
  },
} satisfies Question;
