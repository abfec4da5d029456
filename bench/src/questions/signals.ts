import { type Booker, createBooker } from '../bookings.ts';
import { droppedBy } from '../dropped.ts';
import type { Column } from '../figures/answer.ts';
import { rowOf, type Sample, type Samples } from '../figures/samples.ts';
import { median } from '../figures/statistics.ts';
import { interleave, type Question } from '../question.ts';
import { dispoAlone, startTestbed, type Testbed } from '../testbed.ts';

const CONNECTIONS = 32;
const WARM_S = 3;
/** Each dispo is measured for a moment, then the next, so that all see the same machine. */
const SLICE_S = 0.5;
const SLICES = 40;

const logs = { OTEL_LOGS_EXPORTER: 'otlp' };
const metrics = { OTEL_METRICS_EXPORTER: 'otlp' };
const traces = 'traces';
/** Targets refer to it. */
export const allSignals = 'traces, logs, metrics';
const variants: Record<string, Record<string, string>> = {
  [traces]: {},
  // What the method itself cannot tell apart.
  'traces, again': {},
  'traces, no exemplars': { OTEL_METRICS_EXEMPLAR_FILTER: 'always_off' },
  'traces, logs': logs,
  'traces, metrics': metrics,
  [allSignals]: { ...logs, ...metrics },
};

interface Bed {
  name: string;
  testbed: Testbed;
  booker: Booker;
  cpuUs: number[];
  perSecond: number[];
}

/** Bookings of one dispo for each variant, all with everything that they export. */
async function measure(): Promise<Record<string, number>> {
  await using running = new AsyncDisposableStack();
  const beds: Bed[] = [];
  for (const [name, env] of Object.entries(variants)) {
    const testbed = running.use(await startTestbed({ processes: [dispoAlone()], env }));
    const target = { port: testbed.port('DISPO_PORT'), rooms: 10, pid: testbed.pid('dispo') };
    beds.push({ name, testbed, booker: await createBooker(testbed, target), cpuUs: [], perSecond: [] });
  }
  for (const { booker } of beds) await booker.book(CONNECTIONS, WARM_S);
  for (let slice = 0; slice < SLICES; slice++) {
    for (const bed of slice % 2 === 0 ? beds : beds.toReversed()) {
      const { cpuUs, perSecond } = await bed.booker.book(CONNECTIONS, SLICE_S);
      bed.cpuUs.push(cpuUs);
      bed.perSecond.push(perSecond);
    }
  }
  const values: Record<string, number> = {};
  for (const bed of beds) {
    for (const [key, value] of Object.entries(await resultOf(bed, beds[0] as Bed)))
      values[`${bed.name}: ${key}`] = value;
  }
  return values;
}

async function resultOf({ testbed, booker, cpuUs, perSecond }: Bed, base: Bed): Promise<Record<string, number>> {
  const lost = (await droppedBy(testbed)) + (await droppedLogs(testbed.port('DISPO_INTERNAL_PORT')));
  await testbed.stop('dispo');
  const { bytes = 0 } = (await testbed.sink?.counts()) ?? {};
  return {
    cpuUs: median(cpuUs),
    ofTraces: median(cpuUs.map((own, slice) => own / (base.cpuUs[slice] ?? Number.NaN))),
    extraUs: median(cpuUs.map((own, slice) => own - (base.cpuUs[slice] ?? Number.NaN))),
    perSecond: median(perSecond),
    bytes: bytes / booker.made(),
    lost,
  };
}

/** Log records that dispo reports as dropped. */
async function droppedLogs(port: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const samples = [...text.matchAll(/^otel_sdk_processor_log_processed_total\{[^}]*error_type=[^}]*\} (\d+)/gm)];
  return samples.reduce((sum, [, count]) => sum + Number(count), 0);
}

const columns: Column[] = [
  { key: 'cpuUs', title: 'CPU, us/POST' },
  { key: 'ofTraces', title: 'of that with traces alone' },
  { key: 'extraUs', title: 'more than traces alone, us' },
  { key: 'perSecond', title: 'requests/s' },
  { key: 'bytes', title: 'OTLP, bytes/POST' },
  { key: 'lost', title: 'dropped' },
];

export const signals = {
  question: 'What do logs and metrics over OTLP cost a traced booking?',
  async ask(bench) {
    const rounds = (await interleave(bench, [{ name: 'all', measure }])).get('all') ?? [];
    return [
      {
        id: 'signals',
        title: `POST /api/v1/bookings, ${CONNECTIONS} connections, the worker stopped`,
        of: 'what is exported',
        columns,
        rows: Object.keys(variants).map((name) => rowOf(samplesOf(name, rounds), name, columns)),
        note: `One dispo for each row, measured in turn for ${SLICE_S} s, ${SLICES} times; the figures of a round are medians. Batches and intervals are the defaults: metrics leave once a minute. Dropped: spans and log records.`,
      },
    ];
  },
} satisfies Question;

/** The part of each round that belongs to one variant. */
function samplesOf(name: string, rounds: Sample[]): Samples {
  const own = rounds.map((round) => ({
    ...round,
    values: Object.fromEntries(columns.map(({ key }) => [key, round.values[`${name}: ${key}`] ?? Number.NaN])),
  }));
  return new Map([[name, own]]);
}
