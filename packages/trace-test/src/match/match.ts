import type { SpanShape } from '../shape.ts';
import type { Span } from '../span.ts';
import { compareChildren, compareSpan, describe, isLike } from './compare.ts';
import { renderTree } from './render.ts';
import { buildTree, type SpanNode } from './tree.ts';

export interface MatchOptions {
  /** The caller's span (its `traceparent`) that the root continues. Without it the root has no parent. */
  remoteParent?: { traceId: string; spanId: string };
}

/**
 * Compares a whole trace with a shape. Returns one sentence per difference, with the path to the span; empty if it matches.
 * A match has one trace id, one root, no orphan and no duplicate span. Every span in `children` occurs exactly once below its
 * parent with its kind, service, name, attributes, status and events. Other spans must be allowed by `mayHave` of their parent,
 * any number of times; below such a span the same list applies.
 */
export function matchTrace(spans: readonly Span[], shape: SpanShape, { remoteParent }: MatchOptions = {}): string[] {
  if (spans.length === 0) return ['the trace has no spans'];
  const { roots, orphans } = buildTree(spans);
  const isContinuation = ({ span }: SpanNode) => span.parentSpanId === remoteParent?.spanId;
  const tops = remoteParent ? [...orphans.filter(isContinuation), ...roots] : roots;
  const lost = remoteParent ? orphans.filter((node) => !isContinuation(node)) : orphans;

  const mismatches = [...differentTraces(spans, remoteParent?.traceId), ...duplicates(spans)];
  for (const { span } of lost) {
    mismatches.push(`${describe(span)} is an orphan: its parent ${span.parentSpanId} is not in the trace`);
  }
  if (tops.length !== 1) {
    const found = tops.map(({ span }) => describe(span)).join(', ');
    mismatches.push(`expected one root, found ${found ? `${tops.length}: ${found}` : 'none'}`);
  }
  const root = tops.find(({ span }) => isLike(span, shape)) ?? tops[0];
  if (!root) return mismatches;
  if (remoteParent && !isContinuation(root)) {
    mismatches.push(
      `${describe(root.span)} has no parent, expected the caller's span ${remoteParent.spanId} as its parent`,
    );
  }
  const context = { path: root.span.name, spans };
  return [...mismatches, ...compareSpan(root.span, shape, context), ...compareChildren(root, shape, context)];
}

/** Throws one error with all differences found by `matchTrace` and the actual tree. */
export function expectTrace(spans: readonly Span[], shape: SpanShape, options?: MatchOptions): void {
  const mismatches = matchTrace(spans, shape, options);
  if (mismatches.length === 0) return;
  throw new Error(
    `The trace is not what was expected:\n${mismatches.map((line) => `- ${line}`).join('\n')}\n\nIt is:\n${renderTree(spans)}`,
  );
}

function differentTraces(spans: readonly Span[], expected: string | undefined): string[] {
  const byTrace = Map.groupBy(spans, ({ traceId }) => traceId);
  if (byTrace.size > 1) {
    const each = [...byTrace].map(([traceId, [first]]) => `${traceId} (${first ? describe(first) : ''}, ...)`);
    return [`expected one trace id, found ${byTrace.size}: ${each.join(', ')}`];
  }
  const [found] = byTrace.keys();
  return expected === undefined || found === expected
    ? []
    : [`expected the caller's trace id ${expected}, found ${found}`];
}

function duplicates(spans: readonly Span[]): string[] {
  const byId = Map.groupBy(spans, ({ traceId, spanId }) => `${traceId}/${spanId}`);
  return [...byId.values()].flatMap(([first, ...more]) =>
    first && more.length > 0
      ? [`${describe(first)} was received ${more.length + 1} times with the same id ${first.spanId}`]
      : [],
  );
}
