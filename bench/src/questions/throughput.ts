import { createBooker } from '../bookings.ts';
import { droppedBy } from '../dropped.ts';
import type { Column, Figure, Row } from '../figures/answer.ts';
import { compare, rowOf, type Samples } from '../figures/samples.ts';
import { peer } from '../peers.ts';
import { interleave, type Question, type Variant } from '../question.ts';
import { dispoAlone, startTestbed, type Testbed } from '../testbed.ts';

const CONNECTIONS = 32;
const MEASURE_S = 3.5;

/** Other questions and the targets refer to these names. */
export const all = 'dispo, every span';
const tenth = 'dispo, 10 % sampled';
export const hundredth = 'dispo, 1 % sampled';
export const off = 'dispo, telemetry off';
export const expressOff = 'Express, untraced';
export const expressDurable = 'Express with the promises of dispo, untraced';
const expressLean = 'Express, http + ioredis + bullmq-otel';
export const expressAuto = 'Express, auto-instrumentations + bullmq-otel';

const sampled = (share: string) => ({
  OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
  OTEL_TRACES_SAMPLER_ARG: share,
});

const own = (name: string, traced: boolean, env: Record<string, string> = {}): Variant => ({
  name,
  async measure() {
    await using testbed = await startTestbed({ processes: [dispoAlone()], traced, env });
    return await measure(testbed, 'dispo', { port: testbed.port('DISPO_PORT'), rooms: 10 }, () => droppedBy(testbed));
  },
});

const others = (name: string, instrumentation?: 'lean' | 'auto', entry?: string): Variant => ({
  name,
  async measure() {
    await using testbed = await startTestbed({
      processes: [peer(instrumentation, entry)],
      traced: instrumentation !== undefined,
    });
    return await measure(testbed, 'express', { port: testbed.port('PEER_PORT') });
  },
});

async function measure(
  testbed: Testbed,
  name: string,
  target: { port: number; rooms?: number },
  dropped?: () => Promise<number>,
): Promise<Record<string, number>> {
  const booker = await createBooker(testbed, { ...target, pid: testbed.pid(name) });
  await booker.warm(CONNECTIONS);
  const { perSecond, p50Ms, p99Ms, cpuUs } = await booker.book(CONNECTIONS, MEASURE_S);
  const lost = dropped ? { dropped: await dropped() } : {};
  await testbed.stop(name);
  const sent = testbed.sink && (await testbed.sink.counts());
  return {
    perSecond,
    p50Ms,
    p99Ms,
    cpuUs,
    ...(sent ? { ...lost, spans: sent.spans / booker.made(), bytes: sent.bytes / booker.made() } : {}),
  };
}

const columns: Column[] = [
  { key: 'perSecond', title: 'requests/s' },
  { key: 'ofUntraced', title: 'times its own untraced' },
  { key: 'ofUntracedCpu', title: 'the same by CPU' },
  { key: 'ofExpress', title: 'times Express, fully traced' },
  { key: 'ofExpressOff', title: 'times Express, untraced' },
  { key: 'ofDurable', title: 'times Express with the promises of dispo' },
  { key: 'p50Ms', title: 'p50, ms' },
  { key: 'p99Ms', title: 'p99, ms' },
  { key: 'cpuUs', title: 'CPU, us/POST' },
  { key: 'extraUs', title: 'more than untraced, us' },
  { key: 'spans', title: 'spans/POST' },
  { key: 'spanUs', title: 'CPU, us/span' },
  { key: 'bytes', title: 'OTLP, bytes/POST' },
  { key: 'dropped', title: 'spans dropped' },
];

function row(samples: Samples, name: string, untraced: string): Row {
  const ratio = (base: string): Figure | undefined =>
    compare(samples, name, base, (mine, other) => (mine.perSecond ?? 0) / (other.perSecond ?? 0));
  const extra = (perSpan: boolean) =>
    compare(samples, name, untraced, (mine, other) => {
      const us = (mine.cpuUs ?? 0) - (other.cpuUs ?? 0);
      // With sampling, there are too few spans to divide the cost of the decision by.
      return perSpan ? us / ((mine.spans ?? 0) >= 1 ? (mine.spans ?? 0) : Number.NaN) : us;
    });
  const byCpu = compare(samples, name, untraced, (mine, other) => (other.cpuUs ?? Number.NaN) / (mine.cpuUs ?? 0));
  const isTraced = name !== untraced;
  return rowOf(samples, name, columns, {
    ofExpress: ratio(expressAuto),
    ofExpressOff: ratio(expressOff),
    ofDurable: ratio(expressDurable),
    ...(isTraced
      ? { ofUntraced: ratio(untraced), ofUntracedCpu: byCpu, extraUs: extra(false), spanUs: extra(true) }
      : {}),
  });
}

export const throughput = {
  question: 'What does tracing cost a booking, here and in Express?',
  async ask(bench) {
    const samples = await interleave(bench, [
      own(off, false),
      own(all, true),
      own(tenth, true, sampled('0.1')),
      own(hundredth, true, sampled('0.01')),
      others(expressOff),
      others(expressDurable, undefined, 'durable.ts'),
      others(expressLean, 'lean'),
      others(expressAuto, 'auto'),
    ]);
    return [
      {
        id: 'throughput',
        title: `POST /api/v1/bookings, ${CONNECTIONS} connections, the worker stopped`,
        of: 'variant',
        columns,
        rows: [
          ...[all, tenth, hundredth, off].map((name) => row(samples, name, off)),
          ...[expressAuto, expressLean, expressOff].map((name) => row(samples, name, expressOff)),
          row(samples, expressDurable, expressDurable),
        ],
        note: 'dispo and the Express service with its promises commit with `synchronous=FULL`, the other Express variants with `NORMAL`. Spans and bytes count what arrived. The Express variants do not report the spans that they drop.',
      },
    ];
  },
} satisfies Question;
