import { createBooker } from '../bookings.ts';
import type { Column } from '../figures/answer.ts';
import { compare, rowOf, type Sample, type Samples } from '../figures/samples.ts';
import { interleave, type Question } from '../question.ts';
import { dispoAlone, startTestbed } from '../testbed.ts';

const COUNTS = [1, 8, 32, 64, 128, 256];
const MEASURE_S = 2;

const columns: Column[] = [
  { key: 'perSecond', title: 'requests/s' },
  { key: 'of32', title: 'times the rate of 32' },
  { key: 'p50Ms', title: 'p50, ms' },
  { key: 'p99Ms', title: 'p99, ms' },
  { key: 'maxMs', title: 'slowest, ms' },
  { key: 'cpuUs', title: 'CPU, us/POST' },
];

/** All counts run against one process, as one service sees load grow. */
async function measure(): Promise<Record<string, number>> {
  await using testbed = await startTestbed({ processes: [dispoAlone()] });
  const booker = await createBooker(testbed, {
    port: testbed.port('DISPO_PORT'),
    pid: testbed.pid('dispo'),
    rooms: 10,
  });
  await booker.book(32, 2);
  const values: Record<string, number> = {};
  for (const count of COUNTS) {
    const { perSecond, p50Ms, p99Ms, maxMs, cpuUs } = await booker.book(count, MEASURE_S);
    for (const [key, value] of Object.entries({ perSecond, p50Ms, p99Ms, maxMs, cpuUs }))
      values[`${count} ${key}`] = value;
  }
  return values;
}

/** A sample contains all counts: each becomes a variant. */
function split(samples: readonly Sample[]): Samples {
  return new Map(
    COUNTS.map((count) => [
      String(count),
      samples.map((sample) => ({
        ...sample,
        values: Object.fromEntries(columns.map(({ key }) => [key, sample.values[`${count} ${key}`] ?? Number.NaN])),
      })),
    ]),
  );
}

export const connections = {
  question: 'Does it get worse with many connections?',
  async ask(bench) {
    const measured = await interleave(bench, [{ name: COUNTS.join(', '), measure }]);
    const samples = split([...measured.values()].flat());
    return [
      {
        id: 'connections',
        title: 'POST /api/v1/bookings, every span',
        of: 'connections',
        columns,
        rows: COUNTS.map((count) =>
          rowOf(samples, String(count), columns, {
            of32: compare(samples, String(count), '32', (own, base) => (own.perSecond ?? 0) / (base.perSecond ?? 0)),
          }),
        ),
        note: 'All connections of a row are opened at once, and Node accepts one per turn of its event loop. A turn of a busy dispo is a commit, so the last connection waits for as many commits as there are connections, once. That is the slowest request, and sometimes the p99.',
      },
    ];
  },
} satisfies Question;
