import type { Answer, Figure } from '../figures/answer.ts';
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
  'the table *Where the time of a booking goes* says what the SDK, the bytes and the adapters take. The SDK has the largest part: it copies the attributes of every span twice, makes a `WeakSet` for each of them, and checks each id that it meets digit by digit. The other rows grow by longer headers, longer jobs and more garbage. Where an untraced booking became cheaper, by batches for the queue for instance, a traced one did too, and the ratio fell.';
const PER_SPAN =
  'this counts everything that a traced booking costs more, divided by its spans: also the response headers, the context in the job and in the outbox, the exporter. One call of each adapter is in the table of adapters.';
const DOES_MORE =
  'dispo does more in a POST than Express here: it reads the room and what holds it, writes two rows instead of one with an event that survives a crash, waits until they are on the disk, validates by the schemas that make its document, answers with a log line and metrics. The profile has the parts: SQLite alone takes some three quarters of what all of that Express does.';
const SAMPLED =
  'what is left at 1 % is not the sampled spans but the rest: a span context for the request and one for the message, the headers of the response, the context in the outbox and in the job.';
const SHARED_COMMIT =
  'requests that arrive together share a commit, so each waits for the work of all: at 32 connections some 25 bookings, and now and then the checkpoint of the journal with two fsyncs more. Where many connect at once, Node accepts one in each turn of its event loop, which is one in each commit.';
const CALLBACK =
  'each job is two transactions, in cleaning and in dispo, one HTTP call and four round trips of BullMQ; worker, dispo, Redis and the bench share two cores. The CPU columns of the table say who takes what.';
const NO_CALLBACK =
  'a worker of BullMQ that does nothing takes a quarter of this CPU (*Bare limits*), reading the event, its part of a shared transaction and the log line some two fifths, and tracing the rest; worker, Redis and the bench share two cores. Some runs meet it.';
const GARBAGE =
  'some 55 MB are the pages of Node itself, which all processes share, and 24 MB what the modules keep in the heap; the rest is what compiling them leaves behind.';
const IN_STEPS =
  'SQLite keeps up to 8 MB of pages in each process, and has them when so much has been written; V8 takes memory in steps. The fifths in the table of memory say when.';

export const targets: Target[] = [
  {
    text: 'CPU of a traced booking beyond that of an untraced one, us',
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
    bound: 10,
    inTheWay: PER_SPAN,
  },
  {
    text: 'traced, times fully traced Express',
    table: 'throughput',
    row: all,
    column: 'ofExpress',
    is: 'at least',
    bound: 2,
    inTheWay: DOES_MORE,
  },
  {
    text: 'traced, of our own untraced',
    table: 'throughput',
    row: all,
    column: 'ofUntraced',
    is: 'at least',
    bound: 0.7,
    inTheWay: PER_BOOKING,
  },
  {
    text: 'the same, what we are after',
    table: 'throughput',
    row: all,
    column: 'ofUntraced',
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
    text: 'untraced and durable, times untraced Express that is neither',
    table: 'throughput',
    row: off,
    column: 'ofExpressOff',
    is: 'above',
    bound: 1,
    inTheWay: DOES_MORE,
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
    text: 'p99 at 256 connections, ms: eight times as many may wait eight times as long',
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
    bound: 5_000,
    inTheWay: NO_CALLBACK,
  },
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
      text: `memory of ${row} under load, last fifth of the first fifth (ten minutes, warm)`,
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
    text: 'spans dropped at the highest rate, with a receiver that keeps up',
    table: 'sustained',
    row: wide,
    column: 'dropped',
    is: 'at most',
    bound: 0,
  },
];

/** The targets for the cost of tracing. */
export const costSheet: Array<FigureName & { text: string }> = [
  { text: 'spans of dispo per booking, the worker stopped', table: 'throughput', row: all, column: 'spans' },
  { text: 'CPU that tracing adds to a booking, us', table: 'throughput', row: all, column: 'extraUs' },
  {
    text: 'CPU of a span, us, everything until it has left the process',
    table: 'throughput',
    row: all,
    column: 'spanUs',
  },
  { text: 'bytes of OTLP per booking', table: 'throughput', row: all, column: 'bytes' },
  { text: 'bytes of OTLP per booking at 1 % sampling', table: 'throughput', row: hundredth, column: 'bytes' },
  {
    text: 'requests/s of the untraced that are left with every span',
    table: 'throughput',
    row: all,
    column: 'ofUntraced',
  },
  {
    text: 'requests/s of the untraced that are left at 1 % sampling',
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
