import { join } from 'node:path';
import { createBooker } from '../bookings.ts';
import type { Column } from '../figures/answer.ts';
import { rowOf } from '../figures/samples.ts';
import { interleave, type Question } from '../question.ts';
import { dispoAlone, processOf, startTestbed } from '../testbed.ts';

const WARM_S = 2;
const RATES = [
  { perSecond: 200, seconds: 5 },
  { perSecond: 20, seconds: 5 },
];

const columns: Column[] = [
  { key: 'p50Ms', title: 'planned, p50, ms' },
  { key: 'p99Ms', title: 'planned, p99, ms' },
  { key: 'maxMs', title: 'slowest, ms' },
  { key: 'answerP50Ms', title: 'answered, p50, ms' },
  { key: 'answerP99Ms', title: 'answered, p99, ms' },
  { key: 'bookings', title: 'bookings' },
];

const nameOf = (perSecond: number) => `${perSecond} bookings/s`;

async function measure(perSecond: number, seconds: number): Promise<Record<string, number>> {
  await using testbed = await startTestbed({ processes: [dispoAlone(), processOf('cleaning-worker')] });
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

export const latency = {
  question: 'How long until a booking is planned?',
  async ask(bench) {
    const samples = await interleave(
      bench,
      RATES.map(({ perSecond, seconds }) => ({ name: nameOf(perSecond), measure: () => measure(perSecond, seconds) })),
    );
    return [
      {
        id: 'latency',
        title: 'From POST to `planned`: outbox, queue, worker, callback; every span',
        of: 'rate',
        columns,
        rows: RATES.map(({ perSecond }) => rowOf(samples, nameOf(perSecond), columns)),
      },
    ];
  },
} satisfies Question;
