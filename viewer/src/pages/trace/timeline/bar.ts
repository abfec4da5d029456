import { html } from 'hono/html';
import type { Segment } from '../../../analysis/critical-path.ts';
import type { QueueWait } from '../../../analysis/wait.ts';
import { durationNano, laterOf, type Span } from '../../../model.ts';
import { levelOf, type StoredLog } from '../../../model-logs.ts';
import { colourClass } from '../../colour.ts';
import { formatDuration, percent } from '../../format.ts';
import type { Html } from '../../layout.ts';
import { placeOf, type Scale } from './scale.ts';

/** The share of the width that a label needs at most. */
const ROOM = 0.14;
const ROOM_FOR_TWO = 0.26;
/** SVG draws nothing for a width of zero, not even the stroke. */
const LEAST_SHARE = 0.00001;
const MAX_EVENTS = 50;

interface Label {
  text: string;
  x: number;
  anchor: 'start' | 'end';
  place: '' | 'in' | 'over';
}

/** The timeline cell of a span: its bar, the wait before it, its events, its critical path segments, and a dot per warning or error in its log. */
export function bar(
  span: Span,
  critical: Segment[],
  wait: QueueWait | undefined,
  scale: Scale,
  alarms: readonly StoredLog[] = [],
): Html {
  const end = laterOf(span.startNano, span.endNano);
  const [from, to] = [placeOf(span.startNano, scale), placeOf(end, scale)];
  const begun = formatDuration(laterOf(span.startNano - scale.origin, 0n));
  const took = formatDuration(durationNano(span));
  const waited = wait === undefined ? '' : `, after ${formatDuration(wait.to - wait.from)} in the queue`;
  const { text, x, anchor, place } = labelOf(from, to, took, wait, scale);
  return html`<svg class="bar" role="gridcell" height="24" aria-label="starts at ${begun}, takes ${took}${waited}">${wait === undefined ? '' : waitLine(wait, scale)}${
    visible(from, to)
      ? html`<rect class="${colourClass(span.origin.service)}" x="${percent(from)}" width="${percent(Math.max(clamp(to) - clamp(from), LEAST_SHARE))}" y="6" height="12" rx="2"/>`
      : ''
  }${critical.map((segment) => criticalPart(segment, scale))}${eventMarks(span, scale)}${alarmMarks(alarms, scale)}<text class="${place}" x="${percent(x)}" y="16" dx="${anchor === 'start' ? 5 : -5}" text-anchor="${anchor}">${text}</text></svg>`;
}

const clamp = (share: number): number => Math.min(1, Math.max(0, share));
const visible = (from: number, to: number): boolean => to >= 0 && from <= 1;

/**
 * Places a label right of its bar, inside it or left of it, wherever it fits. Left of the bar it covers the queue wait,
 * so it includes that too.
 */
function labelOf(from: number, to: number, took: string, wait: QueueWait | undefined, scale: Scale): Label {
  if (to < 0) return { text: `‹ ${took}`, x: 0, anchor: 'start', place: '' };
  if (from > 1) return { text: `${took} ›`, x: 1, anchor: 'end', place: '' };
  if (to < 1 - ROOM) return { text: took, x: clamp(to), anchor: 'start', place: '' };
  if (clamp(to) - clamp(from) > ROOM) return { text: took, x: clamp(to), anchor: 'end', place: 'in' };
  if (wait === undefined) return { text: took, x: clamp(from), anchor: 'end', place: '' };
  const text = `waited ${formatDuration(wait.to - wait.from)}, took ${took}`;
  const before = placeOf(wait.from, scale);
  if (before > ROOM_FOR_TWO) return { text, x: before, anchor: 'end', place: '' };
  return { text, x: clamp(from), anchor: 'end', place: 'over' };
}

function waitLine(wait: QueueWait, scale: Scale): Html | '' {
  const [from, to] = [placeOf(wait.from, scale), placeOf(wait.to, scale)];
  if (!visible(from, to)) return '';
  return html`<line class="wait" x1="${percent(from)}" x2="${percent(to)}" y1="12" y2="12"/>`;
}

function criticalPart(segment: Segment, scale: Scale): Html | '' {
  const [from, to] = [placeOf(segment.from, scale), placeOf(segment.to, scale)];
  if (!visible(from, to)) return '';
  return html`<rect class="crit" x="${percent(from)}" width="${percent(clamp(to) - clamp(from))}" y="16" height="2"/>`;
}

const eventMarks = (span: Span, scale: Scale): Html[] =>
  span.events
    .slice(0, MAX_EVENTS)
    .map((event) => placeOf(event.timeNano, scale))
    .filter((at) => visible(at, at))
    .map((at) => html`<line class="ev" x1="${percent(at)}" x2="${percent(at)}" y1="4" y2="20"/>`);

const alarmMarks = (alarms: readonly StoredLog[], scale: Scale): Html[] =>
  alarms
    .slice(0, MAX_EVENTS)
    .map((record) => ({ at: placeOf(record.timeNano, scale), level: levelOf(record) }))
    .filter(({ at }) => visible(at, at))
    .map(({ at, level }) => html`<circle class="alarm ${level}" cx="${percent(at)}" cy="12" r="3.5"/>`);
