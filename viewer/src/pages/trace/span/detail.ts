import { html } from 'hono/html';
import { selfNano } from '../../../analysis/self-time.ts';
import type { Node } from '../../../analysis/tree.ts';
import { queueWait } from '../../../analysis/wait.ts';
import {
  type Attributes,
  attribute,
  durationNano,
  kindName,
  type Span,
  type SpanEvent,
  toText,
} from '../../../model.ts';
import type { SpanStore } from '../../../store/store.ts';
import type { Stores } from '../../../store/stores.ts';
import type { Trace } from '../../../store/trace.ts';
import { dropped, table, value } from '../../attributes.ts';
import { formatDuration, formatTime, shorten } from '../../format.ts';
import type { Html } from '../../layout.ts';
import { type Address, around, linkTo } from '../address.ts';
import { spanLines } from '../log-lines.ts';
import { copySpan } from './copy.ts';

/** Links to spans that share one id. */
const MAX_SHARED = 10;
const STATUS = ['', 'OK', 'ERROR'];

/** Everything about one span. Times are shown relative to the start of the trace. */
export function spanDetail(stores: Stores, trace: Trace, node: Node, address: Address): Html {
  const { span } = node;
  const store = stores.traces;
  const logs = stores.logs.ofTrace(trace.id).filter(({ spanId }) => spanId === span.spanId);
  const start = trace.startNano;
  const zoom = around(start, span.startNano, span.endNano);
  const wait = queueWait(store, span);
  const events = span.events.toSorted((a, b) => Number(a.timeNano - b.timeNano));
  const linkedFrom = [...store.links.to(span.traceId, span.spanId)];
  return html`<div class="detail" id="d-${node.key}" role="row"><div role="gridcell">
<dl><div><dt>Starts</dt><dd>${relative(span.startNano, start)} <span class="dim">${formatTime(span.startNano)}</span></dd></div>
<div><dt>Takes</dt><dd>${formatDuration(durationNano(span))}${node.children.length > 0 ? html` <span class="dim">${formatDuration(selfNano(node))} self time</span>` : ''}</dd></div>
${wait === undefined ? '' : html`<div><dt>Waited</dt><dd>${formatDuration(wait.to - wait.from)} in the queue, after ${spanLink(store, wait.producer, span)}</dd></div>`}
<div><dt>Kind</dt><dd>${kindName(span.kind)}</dd></div>
${span.statusCode === 0 ? '' : html`<div><dt>Status</dt><dd${span.statusCode === 2 ? html` class="bad"` : ''}>${STATUS[span.statusCode] ?? span.statusCode} ${span.statusMessage}</dd></div>`}
<div><dt>Span</dt><dd><code>${span.spanId}</code>${span.parentSpanId === '' ? '' : html` <span class="dim">parent</span> <code>${span.parentSpanId}</code>`}</dd></div>
${span.traceState === '' ? '' : html`<div><dt>Trace state</dt><dd><code>${span.traceState}</code></dd></div>`}
<div><dt>Scope</dt><dd>${span.origin.scope.name || 'none'} ${span.origin.scope.version}</dd></div>
<div><dd><a class="zoom" href="${linkTo(address, { zoom, uiFind: node.key, from: 0 })}" data-zoom="${zoom.from}-${zoom.to}">Zoom to this span</a></dd></div></dl>
${logs.length === 0 ? '' : section(`Log lines (${logs.length})`, spanLines(logs, trace))}
${section('Attributes', table(span.attributes, span.droppedAttributes))}
${span.events.length === 0 && span.droppedEvents === 0 ? '' : section(`Events (${span.events.length})`, html`${events.slice(0, 100).map((event) => eventDetail(event, start))}${dropped(span.events.length - 100, 'more event')}${dropped(span.droppedEvents, 'event', 'dropped by the sender')}`)}
${span.links.length === 0 ? '' : section(`Links to (${span.links.length})`, html`<ul>${span.links.slice(0, 100).map((link) => html`<li>${linkTarget(store, link.traceId, link.spanId, span)}${table(link.attributes, link.droppedAttributes, '')}</li>`)}</ul>`)}
${linkedFrom.length === 0 ? '' : section(`Linked from (${linkedFrom.length})`, html`<ul>${linkedFrom.slice(0, 100).map((from) => html`<li>${spanLink(store, from, span)}</li>`)}</ul>`)}
${section('Resource', table(span.origin.resource.attributes, span.origin.resource.droppedAttributes))}
${span.origin.scope.attributes.keys.length === 0 ? '' : section('Scope attributes', table(span.origin.scope.attributes, span.origin.scope.droppedAttributes))}
${section('Copy', copySpan(span))}
</div></div>`;
}

const section = (title: string, content: Html): Html => html`<section><h2>${title}</h2>${content}</section>`;

/** An exception shows its type, message and stack trace; other events show their attributes. */
function eventDetail(event: SpanEvent, start: bigint): Html {
  const [type, message, stack] = ['exception.type', 'exception.message', 'exception.stacktrace'].map((key) =>
    attribute(event.attributes, key),
  );
  const exception = type !== undefined || message !== undefined;
  const rest = without(
    event.attributes,
    exception ? ['exception.type', 'exception.message', 'exception.stacktrace'] : [],
  );
  return html`<div class="event${exception ? ' exception' : ''}"><p><span class="dim">${relative(event.timeNano, start)}</span> <b>${event.name}</b>${
    exception
      ? html` ${type === undefined ? '' : toText(type)}: ${message === undefined ? '' : value(toText(message))}`
      : ''
  }</p>${stack === undefined || !exception ? '' : html`<pre>${value(toText(stack))}</pre>`}${table(rest, event.droppedAttributes, '')}</div>`;
}

function without({ keys, values }: Attributes, hidden: string[]): Attributes {
  const kept = keys.map((_key, index) => index).filter((index) => !hidden.includes(keys[index] ?? ''));
  return { keys: kept.map((index) => keys[index] ?? ''), values: kept.map((index) => values[index] ?? {}) };
}

/** Several links if spans share the id: a link does not say which of them it means. */
function linkTarget(store: SpanStore, traceId: string, spanId: string, from: Span): Html {
  const trace = store.get(traceId);
  const keys = trace?.keysOf(spanId) ?? [];
  const targets = keys.slice(0, MAX_SHARED).flatMap((key) => trace?.spans.get(key) ?? []);
  if (targets.length === 0) {
    return html`<a href="/trace/${traceId}?uiFind=${spanId}"><code>${shorten(traceId, 32)}</code> <code>${shorten(spanId, 16)}</code></a> <span class="dim">not stored here</span>`;
  }
  if (keys.length === 1) return html`${targets.map((target) => spanLink(store, target, from))}`;
  return html`<span class="dim">one of ${keys.length} spans with this id:</span>${targets.map(
    (target) => html` ${spanLink(store, target, from)} <span class="kind">${kindName(target.kind)}</span>`,
  )}`;
}

const spanLink = (store: SpanStore, to: Span, from: Span): Html =>
  html`<a href="/trace/${to.traceId}?uiFind=${store.get(to.traceId)?.keyOf(to) ?? to.spanId}">${to.origin.service} ${shorten(to.name, 160)}</a> <span class="dim">${
    to.traceId === from.traceId ? 'in this trace' : html`in trace <code>${to.traceId.slice(0, 7)}</code>`
  }</span>`;

function relative(time: bigint, start: bigint): string {
  if (time === start) return 'with the trace';
  return time < start ? `${formatDuration(start - time)} before the trace` : `at ${formatDuration(time - start)}`;
}
