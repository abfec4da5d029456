import { createBooker } from '../bookings.ts';
import type { Column, Row } from '../figures/answer.ts';
import { compare, figureOf } from '../figures/samples.ts';
import { interleave, type Question } from '../question.ts';
import { dispoAlone, startTestbed } from '../testbed.ts';
import { checkOut } from './checkout.ts';
import { type Counts, countPerBooking } from './counts.ts';
import { readRecord, writeRecord } from './record.ts';

const CONNECTIONS = 32;
const MEASURE_S = 3;
const here = 'this tree';

const columns: Column[] = [
  { key: 'tracedUs', title: 'every span, CPU us' },
  { key: 'untracedUs', title: 'telemetry off, CPU us' },
  { key: 'ratio', title: 'off/every span' },
  { key: 'spans', title: 'spans' },
  { key: 'otlpBytes', title: 'OTLP, bytes' },
  { key: 'allocatedTraced', title: 'allocated, every span, bytes' },
  { key: 'allocatedUntraced', title: 'allocated, telemetry off, bytes' },
  { key: 'logBytes', title: 'OTLP of logs, bytes' },
];

async function cpuPerBooking(traced: boolean, root: string | undefined): Promise<Record<string, number>> {
  await using testbed = await startTestbed({
    processes: [dispoAlone()],
    traced,
    ...(root === undefined ? {} : { root }),
  });
  const port = testbed.port('DISPO_PORT');
  const booker = await createBooker(testbed, { port, pid: testbed.pid('dispo'), rooms: 10 });
  await booker.warm(CONNECTIONS);
  const { cpuUs } = await booker.book(CONNECTIONS, MEASURE_S);
  return { cpuUs };
}

/** The counts as figures, which hold on a busy machine as well. */
const countFigures = (counts: Counts): Row['figures'] =>
  Object.fromEntries(Object.entries(counts).map(([key, value]) => [key, { values: [value as number], busy: false }]));

export const cost = {
  question: 'What does a booking cost, compared with another commit?',
  async ask(bench) {
    const trees: Array<{ name: string; root?: string }> = [{ name: here }];
    if (bench.against !== undefined) {
      const { root, commit } = checkOut(bench.against);
      trees.push({ name: `commit ${commit}`, root });
    }
    const traced = (name: string) => `${name}, every span`;
    const untraced = (name: string) => `${name}, telemetry off`;
    const samples = await interleave(
      bench,
      trees.flatMap(({ name, root }) => [
        { name: untraced(name), measure: () => cpuPerBooking(false, root) },
        { name: traced(name), measure: () => cpuPerBooking(true, root) },
      ]),
    );
    const rows: Row[] = [];
    for (const { name, root } of trees) {
      bench.say(`counting, ${name}`);
      const counts = await countPerBooking(root);
      if (name === here && bench.write) writeRecord(counts);
      const cpu = (variant: string) => figureOf(samples.get(variant) ?? [], ({ values }) => values.cpuUs);
      const ratio = compare(
        samples,
        untraced(name),
        traced(name),
        (off, on) => (off.cpuUs ?? Number.NaN) / (on.cpuUs ?? Number.NaN),
      );
      const times = { tracedUs: cpu(traced(name)), untracedUs: cpu(untraced(name)), ...(ratio ? { ratio } : {}) };
      rows.push({ name, figures: { ...times, ...countFigures(counts) } });
    }
    rows.push({ name: 'recorded in `docs/cost.json`', figures: countFigures(readRecord()) });
    return [
      {
        id: 'cost',
        title: `What a POST /api/v1/bookings costs dispo`,
        of: 'code',
        columns,
        rows,
        note: `CPU time at ${CONNECTIONS} connections; the other columns count bookings that are made one at a time, and do not depend on how busy the machine is.`,
      },
    ];
  },
} satisfies Question;
