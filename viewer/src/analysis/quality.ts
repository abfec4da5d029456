import type { Span } from '../model.ts';
import type { SpanStore } from '../store/store.ts';
import type { Trace } from '../store/trace.ts';

export interface Check {
  name: string;
  /** Coverage: are spans present? Quality: are they correct? */
  category: 'coverage' | 'quality';
  description: string;
  link: string;
  /** Undefined if the check does not apply. */
  passes: (span: Span, trace: Trace) => boolean | undefined;
}

export interface CheckResult {
  check: Check;
  passed: number;
  failed: number;
  passExamples: Span[];
  failExamples: Span[];
}

const MAX_EXAMPLES = 10;

const CHECKS: readonly Check[] = [
  {
    name: 'Parents are stored',
    category: 'coverage',
    description: 'Of the spans that name a parent, those whose parent has arrived too.',
    link: 'https://opentelemetry.io/docs/concepts/context-propagation/',
    passes: (span, trace) => (span.parentSpanId === '' ? undefined : trace.parentOf(span) !== undefined),
  },
  {
    name: 'Span ids are unique',
    category: 'quality',
    description: 'Spans that share their id with no other span of their trace.',
    link: 'https://opentelemetry.io/docs/specs/otel/trace/api/#spancontext',
    passes: (span, trace) => !trace.isShared(span.spanId),
  },
  {
    name: 'Children start after their parents',
    category: 'quality',
    description:
      'Of the spans with a stored parent, those that do not start before it. Clocks that disagree fail this.',
    link: 'https://opentelemetry.io/docs/specs/otel/trace/api/#span',
    passes: (span, trace) => {
      const parent = trace.parentOf(span);
      return parent && span.startNano >= parent.startNano;
    },
  },
];

/** Checks the spans of one service, or of all if '', in traces that end at `since` or later. */
export function checkQuality(store: SpanStore, service: string, since: bigint): CheckResult[] {
  const results = CHECKS.map(
    (check): CheckResult => ({ check, passed: 0, failed: 0, passExamples: [], failExamples: [] }),
  );
  for (const trace of store.all(service)) {
    if (trace.endNano < since) continue;
    for (const span of trace.spans.values()) {
      if (service !== '' && span.origin.service !== service) continue;
      for (const result of results) count(result, result.check.passes(span, trace), span);
    }
  }
  return results;
}

function count(result: CheckResult, passes: boolean | undefined, span: Span): void {
  if (passes === undefined) return;
  if (passes) result.passed++;
  else result.failed++;
  const examples = passes ? result.passExamples : result.failExamples;
  if (examples.length < MAX_EXAMPLES && examples.at(-1)?.traceId !== span.traceId) examples.push(span);
}
