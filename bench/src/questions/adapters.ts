import type { Column } from '../figures/answer.ts';
import { compare, rowOf, type Samples } from '../figures/samples.ts';
import { startHelper } from '../helper/parent.ts';
import type { AdapterJob, AdapterKind } from '../programs/adapters.ts';
import { interleave, type Question } from '../question.ts';
import { startTestbed } from '../testbed.ts';

/** Each batch fits into the exporter's queue. */
const TIMES: Record<AdapterKind, number> = {
  SERVER: 6_000,
  'SQLite CLIENT': 12_000,
  PRODUCER: 6_000,
  'Redis CLIENT': 6_000,
  CONSUMER: 6_000,
  'HTTP CLIENT': 3_000,
  'log record': 6_000,
};
const WHERE: Record<AdapterKind, string> = {
  SERVER: '`http-server.ts`',
  'SQLite CLIENT': '`sqlite.ts`',
  PRODUCER: '`messaging.ts`, the context for the message with it',
  'Redis CLIENT': '`redis.ts`',
  CONSUMER: '`messaging.ts`, with the link and the event',
  'HTTP CLIENT': '`http-client.ts`, the headers with it',
  'log record': '`logs/start.ts`, from the finished line',
};
const kinds = Object.keys(TIMES) as AdapterKind[];

const columns: Column[] = [
  { key: 'offUs', title: 'telemetry off, us' },
  { key: 'onUs', title: 'on, us' },
  { key: 'spanUs', title: 'CPU, us/span or record' },
];

/** All kinds run in one process, as in a service that does everything. */
async function measure(traced: boolean): Promise<Record<string, number>> {
  await using testbed = await startTestbed({ processes: [], traced });
  const values: Record<string, number> = {};
  for (const kind of kinds) {
    await using helper = await startHelper<AdapterJob, { cpuUs: number; dropped: number }>(
      new URL('../programs/adapters.ts', import.meta.url),
      {
        nodeArgs: ['--import', import.meta.resolve('@hotel/telemetry/register')],
        env: {
          OTEL_EXPORTER_OTLP_ENDPOINT: testbed.sink?.endpoint ?? '',
          OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
          OTEL_METRICS_EXPORTER: 'none',
          OTEL_LOGS_EXPORTER: testbed.sink ? 'otlp' : 'none',
          OTEL_BSP_SCHEDULE_DELAY: '100',
          OTEL_BLRP_SCHEDULE_DELAY: '100',
          OTEL_BLRP_MAX_QUEUE_SIZE: '32768',
        },
      },
    );
    const { cpuUs, dropped } = await helper.ask({ kind, times: TIMES[kind], redisUrl: testbed.redisUrl });
    if (dropped > 0) throw new Error(`${dropped} spans of ${kind} were dropped: their cost is incomplete`);
    values[kind] = cpuUs;
  }
  return values;
}

export const adapters = {
  question: 'What does each adapter cost?',
  async ask(bench) {
    const samples: Samples = await interleave(bench, [
      { name: 'off', measure: () => measure(false) },
      { name: 'on', measure: () => measure(true) },
    ]);
    return [
      {
        id: 'adapters',
        title: 'One call with one span or log record, until it has left the process',
        of: 'span',
        columns,
        rows: kinds.map((kind) => {
          const of = (name: string) => compare(samples, name, name, (values) => values[kind] ?? Number.NaN);
          return rowOf(new Map(), `${kind}: ${WHERE[kind]}`, columns, {
            offUs: of('off'),
            onUs: of('on'),
            spanUs: compare(samples, 'on', 'off', (on, off) => (on[kind] ?? 0) - (off[kind] ?? 0)),
          });
        }),
      },
    ];
  },
} satisfies Question;
