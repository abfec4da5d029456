import type { Span } from '@hotel/trace-test';
import { printable } from '../cli/terminal.ts';
import { formatDuration } from '../cli/time.ts';
import { queueWait } from './wait.ts';

/**
 * Notes to print below a span. Without times: only those that are the same in every run.
 * @param known the spans of the trace and of linked traces
 */
export function notesOf(span: Span, known: readonly Span[], withTimes: boolean): string[] {
  const { attributes, status } = span;
  const notes: string[] = [];
  const add = (note: string | false | undefined) => note && notes.push(note);
  add(status.code === 'ERROR' && `ERROR${errorText(span)}`);
  add(status.code !== 'ERROR' && rejection(span));
  add(Number(attributes['hotel.job.attempt']) > 1 && `attempt ${attributes['hotel.job.attempt']}`);
  add(attributes['hotel.outbox.attempt'] !== undefined && `republished, attempt ${attributes['hotel.outbox.attempt']}`);
  add(attributes['hotel.duplicate'] === true && 'duplicate: confirmed again, not applied again');
  const given = span.events.find(({ name }) => name === 'message.dead_lettered')?.attributes;
  add(given && `dead letter: ${given['hotel.dead_letter.reason']}; see npx -y pnpm@12 dead list`);
  const wait = queueWait(span, known);
  add(withTimes && wait !== undefined && `waited ${formatDuration(wait)} in the queue`);
  for (const link of span.links) add(linkText(link, span, known, withTimes));
  return notes.map(printable);
}

function errorText({ status, events, attributes }: Span): string {
  const exception = events.find(({ name }) => name === 'exception')?.attributes;
  const text = status.message || exception?.['exception.message'] || attributes['error.type'];
  return text ? `: ${text}` : '';
}

/** A 4xx is not an error of the server, but the caller's request failed. */
function rejection({ attributes }: Span): string | undefined {
  const code = Number(attributes['http.response.status_code']);
  return code >= 400 ? `answered ${code}` : undefined;
}

/** Undefined for a consumer's link to its parent, which adds no information. */
function linkText(
  link: Span['links'][number],
  span: Span,
  known: readonly Span[],
  withTimes: boolean,
): string | undefined {
  const again = link.attributes['hotel.link.reason'] === 'redrive' ? 'redriven; ' : '';
  if (link.traceId === span.traceId) {
    if (link.spanId === span.parentSpanId) return undefined;
    const target = known.find(({ traceId, spanId }) => traceId === link.traceId && spanId === link.spanId);
    return `${again}linked to ${target?.name ?? `span ${link.spanId}, which is missing`}`;
  }
  return `${again}linked to ${withTimes ? `trace ${link.traceId}` : 'another trace'}`;
}
