import { join } from 'node:path';
import { createBooker } from '../bookings.ts';
import type { Column } from '../figures/answer.ts';
import { compare, rowOf } from '../figures/samples.ts';
import { peer, peerWorker } from '../peers.ts';
import { interleave, type Question, type Variant } from '../question.ts';
import { dispoAlone, processOf, startTestbed, type TestbedOptions } from '../testbed.ts';
import { all, expressAuto, expressDurable, expressOff, off } from './throughput.ts';

const WARM_S = 2;
const RATES = [
  { perSecond: 200, seconds: 5 },
  { perSecond: 20, seconds: 5 },
];
const ALONE = { warm: 100, bookings: 100 };

const columns: Column[] = [
  { key: 'p50Ms', title: 'planned, p50, ms' },
  { key: 'p99Ms', title: 'planned, p99, ms' },
  { key: 'maxMs', title: 'slowest, ms' },
  { key: 'answerP50Ms', title: 'answered, p50, ms' },
  { key: 'answerP99Ms', title: 'answered, p99, ms' },
  { key: 'bookings', title: 'bookings' },
];
const aloneColumns: Column[] = [
  { key: 'rowP50Ms', title: 'row of the plan, p50, ms' },
  { key: 'ofExpress', title: 'times Express, untraced' },
  { key: 'ofDurable', title: 'times Express with the promises of dispo' },
  { key: 'rowP99Ms', title: 'row, p99, ms' },
  { key: 'answerP50Ms', title: 'answered, p50, ms' },
];

const nameOf = (perSecond: number) => `${perSecond} bookings/s`;
const hotel = (traced: boolean): TestbedOptions => ({
  processes: [dispoAlone(), processOf('cleaning-worker')],
  traced,
});

async function measureRate(perSecond: number, seconds: number): Promise<Record<string, number>> {
  await using testbed = await startTestbed(hotel(true));
  // Creates the rooms and the first booking.
  const booker = await createBooker(testbed, {
    port: testbed.port('DISPO_PORT'),
    pid: testbed.pid('dispo'),
    rooms: 10,
  });
  await booker.book(1, 10, 1);
  const load = (rate: number, duration: number, since: string) =>
    testbed.generator.untilPlanned({
      port: testbed.port('DISPO_PORT'),
      database: join(testbed.dataDir, 'dispo.sqlite'),
      perSecond: rate,
      seconds: duration,
      requests: { kind: 'bookings', rooms: 50, from: 0, since },
    });
  await load(200, WARM_S, '2040-01-01');
  return { ...(await load(perSecond, seconds, '2050-01-01')) };
}

interface Where {
  service: string;
  port: string;
  rooms?: number;
  database: string;
  table: string;
}

const alone = (name: string, options: TestbedOptions, where: Where): Variant => ({
  name,
  async measure() {
    await using testbed = await startTestbed(options);
    const { rooms = 0 } = where;
    const port = testbed.port(where.port);
    const booker = await createBooker(testbed, { port, pid: testbed.pid(where.service), rooms });
    await booker.book(1, 10, 1);
    const load = (bookings: number, since: string) =>
      testbed.generator.oneAtATime({
        port,
        database: join(testbed.dataDir, where.database),
        table: where.table,
        bookings,
        requests: { kind: 'bookings', rooms: 50, from: 0, since },
      });
    await load(ALONE.warm, '2040-01-01');
    return { ...(await load(ALONE.bookings, '2050-01-01')) };
  },
});

const ours: Where = {
  ...{ service: 'dispo', port: 'DISPO_PORT', rooms: 10 },
  ...{ database: 'cleaning.sqlite', table: 'tasks' },
};
const theirs: Where = { service: 'express', port: 'PEER_PORT', database: 'plan.sqlite', table: 'plan' };
const aloneVariants: Variant[] = [
  alone(all, hotel(true), ours),
  alone(off, hotel(false), ours),
  alone(expressOff, { processes: [peer(), peerWorker()], traced: false }, theirs),
  alone(expressDurable, { processes: [peer(undefined, 'durable.ts'), peerWorker()], traced: false }, theirs),
  alone(expressAuto, { processes: [peer('auto'), peerWorker('auto')], traced: true }, theirs),
];

export const latency = {
  question: 'How long until a booking is planned?',
  async ask(bench) {
    const samples = await interleave(
      bench,
      RATES.map(({ perSecond, seconds }) => ({
        name: nameOf(perSecond),
        measure: () => measureRate(perSecond, seconds),
      })),
    );
    const singles = await interleave(bench, aloneVariants);
    const times = (name: string, base: string) =>
      compare(singles, name, base, (own, other) => (own.rowP50Ms ?? 0) / (other.rowP50Ms ?? 0));
    return [
      {
        id: 'latency',
        title: 'From POST to `planned`: outbox, queue, worker, callback; every span',
        of: 'rate',
        columns,
        rows: RATES.map(({ perSecond }) => rowOf(samples, nameOf(perSecond), columns)),
      },
      {
        id: 'alone',
        title: 'One booking at a time, from POST to the row of its plan',
        of: 'variant',
        columns: aloneColumns,
        rows: aloneVariants.map(({ name }) =>
          rowOf(singles, name, aloneColumns, {
            ofExpress: times(name, expressOff),
            ofDurable: times(name, expressDurable),
          }),
        ),
        note: 'The row that the worker writes, read from its database every 0.2 ms. dispo and its worker commit with `synchronous=FULL`, as does the Express service with the same promises; the other Express services and their worker with `NORMAL`.',
      },
    ];
  },
} satisfies Question;
