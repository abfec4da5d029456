import type { Answer, Figure } from '../figures/answer.ts';
import { allSignals } from '../questions/signals.ts';
import { wide } from '../questions/sustained.ts';
import { all, hundredth, off } from '../questions/throughput.ts';

/** Identifies a figure by table, row and column. */
export interface FigureName {
  table: string;
  row: string;
  column: string;
}

export interface Target extends FigureName {
  text: string;
  is: 'at most' | 'at least' | 'below' | 'above';
  bound: number;
  /** For a missed target: the obstacle, according to a profile. */
  inTheWay?: string;
}

const PER_BOOKING =
  'no part dominates the profile below: spans and their contexts, their bytes, garbage, and the longer headers, rows, jobs and log lines that carry the context. [ADR 018](adr/018-leaf-spans-from-templates.md) and [ADR 023](adr/023-spans-of-our-own.md) say what was done about spans. Optimizations that help traced and untraced bookings alike, such as batches for the queue, lower the ratio.';
const PER_SPAN =
  'this divides the whole extra cost of a traced booking by its spans, including the response headers, the context in the job and the outbox, and the exporter. The table of adapters shows single calls.';
const DOES_MORE =
  'dispo does more per POST than this Express service: it reads the room and conflicting bookings, writes the booking and an event that survives a crash, waits for the disk, validates against the schemas of its OpenAPI document, and writes a log line and metrics. SQLite alone takes as much CPU time as the whole untraced Express request (see the profile).';
const SAMPLED =
  'an unsampled booking has no spans, but a span context for the request and one for the message, the response headers, and the context in the outbox and the job.';
const SHARED_COMMIT =
  'requests that arrive together share a commit, so each waits for the work of all: about 25 bookings at 32 connections, and sometimes a checkpoint of the journal with two more fsyncs. Of many new connections, Node accepts one per turn of its event loop, which is one per commit.';
const CALLBACK =
  'each job takes two transactions (in cleaning and in dispo), one HTTP call and four BullMQ round trips, while worker, dispo, Redis and the bench share two cores. The CPU columns of the table show the shares.';
const NO_CALLBACK =
  'an empty BullMQ worker takes almost a third of this CPU time (*Bare limits*), the event, its share of a transaction and the log line about half, and tracing the rest; worker, Redis and the bench share two cores.';
const TWO_COMMITS =
  'dispo and its worker each wait for the disk before they go on, and dispo publishes after its commit. The same Express without these promises writes its row while nothing has reached the disk.';
const PER_JOB =
  'a job has six spans, one CONSUMER span and those of its transaction, and with the callback those of an HTTP call, for little work otherwise.';
const GARBAGE =
  '55 to 80 MB, depending on the kernel, are pages of Node itself, which all processes share, and 24 MB are the heap of the modules; the rest is left over from compiling them.';
const IN_STEPS =
  'SQLite fills its page cache of 8 MB per process as data is written, and V8 grows in steps. The table of memory shows when.';

export const targets: Target[] = [
  {
    text: 'CPU that tracing adds to a booking, us',
    table: 'throughput',
    row: all,
    column: 'extraUs',
    is: 'at most',
    bound: 80,
    inTheWay: PER_BOOKING,
  },
  {
    text: 'CPU of a span, us',
    table: 'throughput',
    row: all,
    column: 'spanUs',
    is: 'at most',
    bound: 5,
    inTheWay: PER_SPAN,
  },
  {
    text: 'CPU with all three signals, times traces alone',
    table: 'signals',
    row: allSignals,
    column: 'ofTraces',
    is: 'at most',
    bound: 1.15,
  },
  {
    text: 'traced, times fully traced Express',
    table: 'throughput',
    row: all,
    column: 'ofExpress',
    is: 'at least',
    bound: 2.5,
    inTheWay: DOES_MORE,
  },
  {
    text: 'traced, of our own untraced',
    table: 'throughput',
    row: all,
    column: 'ofUntraced',
    is: 'at least',
    bound: 0.85,
    inTheWay: PER_BOOKING,
  },
  {
    text: 'the same, by CPU',
    table: 'throughput',
    row: all,
    column: 'ofUntracedCpu',
    is: 'at least',
    bound: 0.85,
    inTheWay: PER_BOOKING,
  },
  {
    text: '1 % sampled, of our own untraced',
    table: 'throughput',
    row: hundredth,
    column: 'ofUntraced',
    is: 'at least',
    bound: 0.95,
    inTheWay: SAMPLED,
  },
  {
    text: 'untraced, times an untraced Express with the same promises',
    table: 'throughput',
    row: off,
    column: 'ofDurable',
    is: 'at least',
    bound: 1.5,
  },
  {
    text: 'with every span, times an untraced Express with the same promises',
    table: 'throughput',
    row: all,
    column: 'ofDurable',
    is: 'at least',
    bound: 1,
  },
  {
    text: 'p99 of an untraced booking at 32 connections, ms',
    table: 'throughput',
    row: off,
    column: 'p99Ms',
    is: 'below',
    bound: 15,
    inTheWay: SHARED_COMMIT,
  },
  {
    text: 'p99 at 256 connections, ms (eight times as many)',
    table: 'connections',
    row: '256',
    column: 'p99Ms',
    is: 'below',
    bound: 120,
    inTheWay: SHARED_COMMIT,
  },
  {
    text: 'jobs/s, every span, with callback',
    table: 'worker',
    row: 'callback, every span',
    column: 'perSecond',
    is: 'at least',
    bound: 1_500,
    inTheWay: CALLBACK,
  },
  {
    text: 'jobs/s, every span, without callback',
    table: 'worker',
    row: 'no callback, every span',
    column: 'perSecond',
    is: 'at least',
    bound: 6_000,
    inTheWay: NO_CALLBACK,
  },
  ...['callback', 'no callback'].map(
    (variant): Target => ({
      text: `jobs/s, every span, of those untraced, ${variant}`,
      table: 'worker',
      row: `${variant}, every span`,
      column: 'ofUntraced',
      is: 'at least',
      bound: 0.85,
      inTheWay: PER_JOB,
    }),
  ),
  {
    text: 'from POST to planned at 200 bookings/s, p50, ms',
    table: 'latency',
    row: '200 bookings/s',
    column: 'p50Ms',
    is: 'below',
    bound: 15,
  },
  { text: 'the same, p99, ms', table: 'latency', row: '200 bookings/s', column: 'p99Ms', is: 'below', bound: 40 },
  {
    text: 'from POST to the plan, times untraced Express',
    table: 'alone',
    row: all,
    column: 'ofExpress',
    is: 'at most',
    bound: 1.3,
    inTheWay: TWO_COMMITS,
  },
  {
    text: 'free rooms among a million bookings, p50, ms',
    table: 'growth',
    row: 'GET /api/v1/rooms/free, one night, 10^6 bookings',
    column: 'p50Ms',
    is: 'below',
    bound: 5,
  },
  {
    text: 'the plan of a day among a million bookings, p50, ms',
    table: 'growth',
    row: 'GET /api/v1/days, one day, 10^6 bookings',
    column: 'p50Ms',
    is: 'below',
    bound: 5,
  },
  ...['dispo', 'cleaning', 'cleaning-worker'].flatMap((row): Target[] => [
    {
      text: `memory of ${row} at rest, MB`,
      table: 'memory',
      row,
      column: 'rest',
      is: 'below',
      bound: 120,
      inTheWay: GARBAGE,
    },
    {
      text: `growth of ${row} in ten minutes of load`,
      table: 'memory',
      row,
      column: 'growth',
      is: 'at most',
      bound: 1.05,
      inTheWay: IN_STEPS,
    },
  ]),
  {
    text: 'all processes ready, warm, ms',
    table: 'start',
    row: 'all, with a private Redis',
    column: 'warmMs',
    is: 'below',
    bound: 2_000,
  },
  {
    text: 'spans dropped at the highest rate',
    table: 'sustained',
    row: wide,
    column: 'dropped',
    is: 'at most',
    bound: 0,
  },
];

/** The targets for the cost of tracing. */
export const costSheet: Array<FigureName & { text: string }> = [
  { text: "dispo's spans per booking, the worker stopped", table: 'throughput', row: all, column: 'spans' },
  { text: 'CPU that tracing adds to a booking, us', table: 'throughput', row: all, column: 'extraUs' },
  {
    text: 'CPU of a span, us, until it has left the process',
    table: 'throughput',
    row: all,
    column: 'spanUs',
  },
  { text: 'bytes of OTLP per booking', table: 'throughput', row: all, column: 'bytes' },
  { text: 'bytes of OTLP per booking at 1 % sampling', table: 'throughput', row: hundredth, column: 'bytes' },
  {
    text: 'requests/s with every span, times the untraced',
    table: 'throughput',
    row: all,
    column: 'ofUntraced',
  },
  {
    text: 'requests/s at 1 % sampling, times the untraced',
    table: 'throughput',
    row: hundredth,
    column: 'ofUntraced',
  },
];

/** Undefined if the question was not asked, or its answer has no such figure. */
export function findFigure(answers: readonly Answer[], { table, row, column }: FigureName): Figure | undefined {
  const found = answers.flatMap(({ tables }) => tables).find(({ id }) => id === table);
  return found?.rows.find(({ name }) => name === row)?.figures[column];
}

export function isMet({ is, bound }: Pick<Target, 'is' | 'bound'>, value: number): boolean {
  switch (is) {
    case 'at most':
      return value <= bound;
    case 'at least':
      return value >= bound;
    case 'below':
      return value < bound;
    case 'above':
      return value > bound;
  }
}
