import { judgeLog, judgeSpan } from '@hotel/registry';
import type { ReceivedLog, Span } from '@hotel/trace-test';

const SHOWN = 10;

/**
 * Asserts that spans and log events follow the registry and the published conventions, and that no SERVER span ends
 * after its parent CLIENT span, which Jaeger takes for clock skew.
 */
export function insistOnConventions(spans: readonly Span[], logs: readonly ReceivedLog[]): void {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const problems = spans.flatMap((span) => {
    const { scopeVersion = '', schemaUrl = '' } = span;
    return [...judgeSpan({ ...span, scopeVersion, schemaUrl }), ...outlasts(span, byId.get(span.parentSpanId ?? ''))];
  });
  problems.push(...logs.flatMap(judgeLog));
  if (problems.length === 0) return;
  const counted = [...Map.groupBy(problems, (problem) => problem)].map(([problem, all]) => `${all.length}x ${problem}`);
  throw new Error(`telemetry violates the conventions:\n${counted.slice(0, SHOWN).join('\n')}`);
}

function outlasts(span: Span, parent: Span | undefined): string[] {
  // A browser has a clock of its own.
  if (parent?.service === 'front-desk') return [];
  if (span.kind !== 'SERVER' || parent?.kind !== 'CLIENT' || span.endNs <= parent.endNs) return [];
  return [`${span.service}: ${span.name} ends ${span.endNs - parent.endNs} ns after its parent`];
}
