import { html } from 'hono/html';
import { levelOf, type StoredLog } from '../../model-logs.ts';
import type { Trace } from '../../store/trace.ts';
import { formatCount, formatDuration, formatTime, shorten } from '../format.ts';
import type { Html } from '../layout.ts';
import { type LineOptions, line } from '../logs/lines.ts';
import { type Address, linkTo } from './address.ts';

/** More lines are on the logs page. */
const MAX_LINES = 500;

/** The warnings and errors that were logged, by span id. */
export type Alarms = ReadonlyMap<string, readonly StoredLog[]>;

export const alarmsOf = (records: readonly StoredLog[]): Alarms =>
  Map.groupBy(
    records.filter((record) => levelOf(record) !== ''),
    ({ spanId }) => spanId,
  );

/** `2 warnings, 1 error`; '' for none. */
export function countAlarms(records: readonly StoredLog[]): { warnings: string; errors: string } {
  const errors = records.filter((record) => levelOf(record) === 'err').length;
  const warnings = records.filter((record) => levelOf(record) === 'warn').length;
  return {
    warnings: warnings === 0 ? '' : formatCount(warnings, 'warning'),
    errors: errors === 0 ? '' : formatCount(errors, 'error line'),
  };
}

/** All log lines of a trace, by time. `trace` is undefined if none of its spans is stored. */
export function logSection(
  traceId: string,
  records: readonly StoredLog[],
  trace?: Trace,
  address?: Address,
): Html | '' {
  if (records.length === 0) return '';
  const start = trace?.startNano ?? records[0]?.timeNano ?? 0n;
  const options: LineOptions = {
    anchor: true,
    time: (nanos) => timeIn(start, nanos),
    place: (record) => placeIn(record, trace, address),
  };
  const more = records.length - MAX_LINES;
  return html`<section class="logged" aria-labelledby="log-lines"><h2 id="log-lines">Log lines (${records.length})</h2>
<ol class="lines">${records.slice(0, MAX_LINES).map((record) => line(record, options))}</ol>
<p class="found">${more > 0 ? html`${formatCount(more, 'more line')}. ` : ''}<a href="/logs?trace=${traceId}">Search and follow these lines</a></p></section>`;
}

/** The log lines of one span. */
export const spanLines = (records: readonly StoredLog[], trace: Trace): Html =>
  html`<ol class="lines">${records
    .slice(0, MAX_LINES)
    .map((record) => line(record, { time: (nanos) => timeIn(trace.startNano, nanos), place: () => '' }))}</ol>`;

function timeIn(start: bigint, nanos: bigint): [text: string, title: string] {
  const since = nanos < start ? `−${formatDuration(start - nanos)}` : `+${formatDuration(nanos - start)}`;
  return [since, formatTime(nanos)];
}

function placeIn({ spanId }: StoredLog, trace: Trace | undefined, address: Address | undefined): Html | '' {
  const span = trace?.spans.get(spanId);
  if (spanId === '' || address === undefined) return '';
  if (span === undefined) return html`<span class="dim">its span is not stored</span>`;
  return html`<a href="${linkTo(address, { view: 'timeline', uiFind: spanId, from: 0 })}#s-${spanId}">${shorten(span.name, 40)}</a>`;
}
