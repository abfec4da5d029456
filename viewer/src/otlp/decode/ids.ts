import type { Span } from '../../model.ts';

const TRACE_ID = /^[0-9a-f]{32}$/;
const SPAN_ID = /^[0-9a-f]{16}$/;
export const ZEROS = /^0+$/;

/** Describes what is wrong with the ids of a span; undefined if they are valid. */
export function idProblem(span: Span): string | undefined {
  if (!TRACE_ID.test(span.traceId)) return `a trace id must be 16 bytes, got ${shown(span.traceId)}`;
  if (ZEROS.test(span.traceId)) return 'a trace id must not be all zero';
  if (!SPAN_ID.test(span.spanId)) return `a span id must be 8 bytes, got ${shown(span.spanId)}`;
  if (ZEROS.test(span.spanId)) return 'a span id must not be all zero';
  if (span.parentSpanId !== '' && !SPAN_ID.test(span.parentSpanId)) {
    return `a parent span id must be empty or 8 bytes, got ${shown(span.parentSpanId)}`;
  }
  return undefined;
}

const shown = (id: string): string =>
  id === '' ? 'none' : JSON.stringify(id.length > 40 ? `${id.slice(0, 40)}…` : id);
