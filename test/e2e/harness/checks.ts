import type { Span, TracedSystem } from '@hotel/trace-test';
import { hotel } from 'dev/system';
import { findLeaks } from '../../leaks.ts';
import { book, insistOnTrace, waitUntilPlanned } from './hotel.ts';
import { everyReplica, readiness } from './readiness.ts';

export interface Check {
  name: string;
  /** Environment variables for its processes. */
  processEnv?(): Promise<Record<string, string>>;
  /** @throws when the guarantee is broken */
  run(traced: TracedSystem, options?: { timeoutMs?: number }): Promise<void>;
}

/** Private data that no span needs. */
const secretDay = '2031-07-19';
const secretQuery = 'mrs-miller';

/** The guarantees that the mutation table breaks one by one. The tests of the healthy system run the same checks. */
export const checks = {
  oneTrace: {
    name: 'a booking is one trace, from the request to the callback',
    async run(traced, { timeoutMs = 60_000 } = {}) {
      const { booking, traceId } = await book(traced, { room_id: 2, start: '2027-03-01', end: '2027-03-03' });
      await waitUntilPlanned(traced, booking.id);
      await insistOnTrace(traced, traceId, hotel.expectedTraces.booking, { timeoutMs });
    },
  },
  crashKeepsTrace: {
    name: 'a booking acknowledged before a crash of dispo is planned after it, in its own trace',
    async run(traced, { timeoutMs = 60_000 } = {}) {
      const { system, sink } = traced;
      await system.redis?.kill('SIGKILL');
      await redisMissed(traced);
      const { booking, traceId } = await book(traced, { room_id: 1, start: '2095-02-04', end: '2095-02-06' });
      await sink.waitFor((spans) => spans.some((span) => span.traceId === traceId && span.kind === 'SERVER'), {
        what: 'the SERVER span to be sent',
      });
      await system.processes.get('dispo')?.kill('SIGKILL');
      await system.restart('dispo');
      await system.redis?.start();
      await waitUntilPlanned(traced, booking.id);
      await insistOnTrace(traced, traceId, hotel.expectedTraces.booking, { timeoutMs });
    },
  },
  noGuestData: {
    name: 'no guest data, query string or job body leaves a process in a span, a log line or a metric',
    async run(traced) {
      const { traceId } = await book(
        traced,
        { room_id: 3, start: secretDay, end: '2031-07-21' },
        { baggage: `name=${secretQuery}` },
      );
      await fetch(`${traced.url('DISPO_PORT')}/api/v1/rooms/free?start=${secretDay}&end=2031-07-20`);
      await fetch(`${traced.url('DISPO_PORT')}/api/v1/rooms?name=${secretQuery}`);
      await workerSpan(traced, traceId);
      await quiet(traced);
      const leaks = await findLeaks(traced, [secretDay, secretQuery]);
      if (leaks.length > 0) throw new Error(leaks.join('\n'));
    },
  },
  noOrphans: {
    name: 'every span that was sent is below a span that was sent',
    async run(traced, { timeoutMs = 60_000 } = {}) {
      const { traceId } = await book(traced, { room_id: 4, start: '2027-03-01', end: '2027-03-03' });
      await workerSpan(traced, traceId);
      const end = performance.now() + timeoutMs;
      for (;;) {
        await quiet(traced);
        const noise = noiseAmong(traced.sink.spans());
        if (noise.length === 0) return;
        // A parent may arrive long after its children: it ends last, and its process may be slow.
        if (performance.now() > end) throw new Error(`spans that belong to no request: ${noise.join(', ')}`);
      }
    },
  },
} satisfies Record<string, Check>;

/** Resolves when dispo has detected that Redis is gone; until then it would publish and record the failure. */
export async function redisMissed(traced: TracedSystem): Promise<void> {
  await everyReplica(
    () => readiness(traced, 'DISPO_INTERNAL_PORT'),
    ({ body }) => body.checks.redis?.ok === false,
  );
}

/** Resolves when the first spans of the worker have arrived, the last part of a trace and proof that spans arrive at all. */
async function workerSpan(traced: TracedSystem, traceId: string): Promise<void> {
  const isIt = (span: Span) => span.traceId === traceId && span.kind === 'CONSUMER';
  await traced.sink.waitFor((spans) => spans.some(isIt), { what: "span of the worker's" });
}

/** Root spans that are not requests, and spans whose parent is missing. */
function noiseAmong(spans: Span[]): string[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const belongs = ({ parentSpanId, kind }: Span) =>
    parentSpanId === undefined ? kind === 'SERVER' : ids.has(parentSpanId);
  return spans.filter((span) => !belongs(span)).map(({ service, name }) => `${service}: ${name}`);
}

/** Resolves when no span has arrived for a second. */
export async function quiet(traced: TracedSystem): Promise<void> {
  for (let before = -1; before !== traced.sink.spans().length; ) {
    before = traced.sink.spans().length;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}
