import { setTimeout as sleep } from 'node:timers/promises';
import type { Span } from '@hotel/trace-test';
import type { TracedOperation } from '../load/virtual-user.ts';
import type { World } from '../world.ts';

const QUIET_MS = 600;
/** Longer than an exporter waits for a collector that hung in the previous round. */
const LATEST_MS = 20_000;

export interface TraceFindings {
  /** Traces with an orphaned or a missing span. */
  broken: string[];
  /** Spans that belong to no request of the load. */
  strays: string[];
}

/** Checks the traces of acknowledged operations once no more spans arrive and those in `mustBeWhole` are complete or never will be. */
export async function inspectTraces(
  world: World,
  operations: readonly TracedOperation[],
  { begun, mustBeWhole }: { begun: ReadonlySet<string>; mustBeWhole: boolean },
): Promise<TraceFindings> {
  const latest = performance.now() + LATEST_MS;
  let byTrace: Map<string, Span[]>;
  let broken: string[];
  do {
    await quiet(world);
    byTrace = Map.groupBy(world.sink.spans(), ({ traceId }) => traceId);
    broken = operations.flatMap((operation) => brokenIn(operation, byTrace.get(operation.traceId) ?? []));
  } while (mustBeWhole && broken.length > 0 && performance.now() < latest);
  const strays = [...byTrace]
    .filter(([traceId, spans]) => !begun.has(traceId) && !isOfUnread(spans))
    .flatMap(([, spans]) => spans.map(({ service, name }) => `${service}: ${name} belongs to no request`));
  return { broken, strays };
}

/** An oversized message is not read, so each attempt that rejects it begins a trace. */
function isOfUnread(spans: Span[]): boolean {
  return spans.some(({ attributes }) => attributes['error.type'] === 'JobTooLargeError');
}

/** One SERVER span below ours, the complete path of its event below that, and no orphans. */
function brokenIn({ what, traceId, spanId }: TracedOperation, spans: Span[]): string[] {
  const ids = new Set([spanId, ...spans.map((span) => span.spanId)]);
  const orphans = spans.filter(({ parentSpanId }) => parentSpanId === undefined || !ids.has(parentSpanId));
  const problems = orphans.map(({ service, name }) => `${service}: ${name} is an orphan`);
  if (spans.filter(({ parentSpanId }) => parentSpanId === spanId).length !== 1)
    problems.push('its root is not one span');
  for (const kind of ['PRODUCER', 'CONSUMER'] as const) {
    if (!spans.some((span) => span.kind === kind)) problems.push(`it has no ${kind}`);
  }
  if (!spans.some(({ kind, name }) => kind === 'SERVER' && name.startsWith('PUT /internal/'))) {
    problems.push('it has no callback');
  }
  return problems.length > 0 ? [`the trace ${traceId} of ${what} is broken: ${problems.join('; ')}`] : [];
}

async function quiet({ sink }: World): Promise<void> {
  for (let before = -1; before !== sink.spans().length; ) {
    before = sink.spans().length;
    await sleep(QUIET_MS);
  }
}
