import { html } from 'hono/html';
import { attribute, toText } from '../../model.ts';
import { levelOf, messageOf, type StoredLog, severityOf } from '../../model-logs.ts';
import { table, value } from '../attributes.ts';
import { colourClass } from '../colour.ts';
import { formatTime, shorten, toDate } from '../format.ts';
import type { Html } from '../layout.ts';

const MAX_MESSAGE = 2000;
const STACK = 'exception.stacktrace';

export interface LineOptions {
  /** Whether the line can be linked to. */
  anchor?: boolean;
  /** The text of the time, and its title. */
  time: (timeNano: bigint) => [text: string, title: string];
  /** The link from the line to its place in a trace; undefined without one. */
  place: (record: StoredLog) => Html | '';
}

/** A log record as one line, which opens to its attributes. */
export function line(record: StoredLog, { time, place, anchor = false }: LineOptions): Html {
  const { service } = record.origin;
  const [text, title] = time(record.timeNano);
  const message = messageOf(record);
  return html`<li class="line ${levelOf(record)}"${anchor ? html` id="l-${record.sequence}"` : ''}>
<time datetime="${dateTime(record.timeNano)}" title="${title}">${text}</time>
<span class="severity">${severityOf(record) ?? shorten(record.severityText, 12)}</span>
<b class="svc ${colourClass(service)}">${shorten(service, 40)}</b>
<details><summary>${message === '' ? html`<span class="dim">no text</span>` : shorten(message, MAX_MESSAGE)}</summary>${details(record)}</details>
<span class="place">${place(record)}</span></li>`;
}

/** Browsers accept only years of four digits. */
function dateTime(nanos: bigint): string {
  const date = toDate(nanos);
  return date.getUTCFullYear() > 9999 ? '' : date.toISOString();
}

function details(record: StoredLog): Html {
  const { eventName, attributes, droppedAttributes, origin } = record;
  const stack = attribute(attributes, STACK);
  const shown = attributes.keys.flatMap((key, index) => (key === STACK ? [] : [index]));
  const rest = {
    keys: shown.map((index) => attributes.keys[index] ?? ''),
    values: shown.map((index) => attributes.values[index] ?? {}),
  };
  return html`<div class="facts">${eventName === '' ? '' : html`<p>Event <code>${shorten(eventName, 200)}</code></p>`}${
    stack === undefined ? '' : html`<pre>${value(toText(stack))}</pre>`
  }${table(rest, droppedAttributes, stack === undefined && eventName === '' ? 'no attributes' : '')}<p class="dim">${formatTime(record.timeNano)} · written by ${shorten(origin.scope.name, 100) || 'an unnamed scope'}</p></div>`;
}

/** The address of the span that a record was written in, or else of its trace; undefined without a trace. */
export const addressOf = ({ traceId, spanId }: StoredLog): string | undefined =>
  traceId === '' ? undefined : spanId === '' ? `/trace/${traceId}` : `/trace/${traceId}?uiFind=${spanId}#s-${spanId}`;
