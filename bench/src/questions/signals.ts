import { createBooker } from '../bookings.ts';
import { droppedBy } from '../dropped.ts';
import type { Column } from '../figures/answer.ts';
import { compare, rowOf } from '../figures/samples.ts';
import { interleave, type Question, type Variant } from '../question.ts';
import { dispoAlone, startTestbed } from '../testbed.ts';

const CONNECTIONS = 32;
const WARM_S = 2;
const MEASURE_S = 5;

const logs = { OTEL_LOGS_EXPORTER: 'otlp' };
const traces = 'traces';
const variants: Record<string, Record<string, string>> = {
  [traces]: {},
  'traces, logs': logs,
  'traces, logs, metrics': { ...logs, OTEL_METRICS_EXPORTER: 'otlp', OTEL_METRIC_EXPORT_INTERVAL: '1000' },
};

/** One booking of dispo, with everything that it exports. */
async function measure(env: Record<string, string>): Promise<Record<string, number>> {
  await using testbed = await startTestbed({ processes: [dispoAlone()], env });
  const target = { port: testbed.port('DISPO_PORT'), rooms: 10, pid: testbed.pid('dispo') };
  const booker = await createBooker(testbed, target);
  await booker.book(CONNECTIONS, WARM_S);
  const { perSecond, cpuUs } = await booker.book(CONNECTIONS, MEASURE_S);
  const lost = (await droppedBy(testbed)) + (await droppedLogs(testbed.port('DISPO_INTERNAL_PORT')));
  await testbed.stop('dispo');
  const { bytes = 0 } = (await testbed.sink?.counts()) ?? {};
  return { perSecond, cpuUs, lost, bytes: bytes / booker.made() };
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
    const samples = await interleave(
      bench,
      Object.entries(variants).map(([name, env]): Variant => ({ name, measure: () => measure(env) })),
    );
    const than = (name: string, relate: (own: number, base: number) => number) =>
      compare(samples, name, traces, (own, base) => relate(own.cpuUs ?? 0, base.cpuUs ?? 0));
    return [
      {
        id: 'signals',
        title: `POST /api/v1/bookings, ${CONNECTIONS} connections, the worker stopped`,
        of: 'what is exported',
        columns,
        rows: Object.keys(variants).map((name) =>
          rowOf(samples, name, columns, {
            ...(name === traces
              ? {}
              : { ofTraces: than(name, (own, base) => own / base), extraUs: than(name, (own, base) => own - base) }),
          }),
        ),
        note: 'Metrics leave every second, instead of every minute. Dropped: spans and log records.',
      },
    ];
  },
} satisfies Question;
