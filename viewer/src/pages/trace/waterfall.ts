import { html } from 'hono/html';
import type { Segment } from '../../analysis/critical-path.ts';
import type { Node } from '../../analysis/tree.ts';
import type { QueueWait } from '../../analysis/wait.ts';
import { durationNano, isError, kindName, laterOf } from '../../model.ts';
import { colourClass } from '../colour.ts';
import { formatDuration, percent, shorten } from '../format.ts';
import type { Html } from '../layout.ts';

/** The time that the whole width stands for. */
export interface Scale {
  start: bigint;
  nanos: number;
}

export interface Row {
  node: Node;
  critical: Segment[];
  wait: QueueWait | undefined;
  /** Spans that link to this one. */
  linkedFrom: number;
  hit: boolean;
  detail: Html | undefined;
}

/** Deeper rows are indented no further: the style sheet has no more steps, and no screen more room. */
const MAX_INDENT = 24;

const TICKS = [0, 0.25, 0.5, 0.75, 1];

export const ruler = ({
  nanos,
}: Scale): Html => html`<div class="row ruler" role="presentation"><span class="name">Span</span>
<svg class="bar" height="24">${TICKS.map(
  (tick) =>
    html`<text x="${percent(tick)}" y="16" dx="${tick === 1 ? -4 : 4}" text-anchor="${tick === 1 ? 'end' : 'start'}">${tick === 0 ? '0' : formatDuration(nanos * tick)}</text>`,
)}</svg></div>`;

export function waterfallRow({ node, critical, wait, linkedFrom, hit, detail }: Row, scale: Scale): Html {
  const { span, depth, children, oddity } = node;
  const error = isError(span);
  const parent = children.length > 0;
  const classes = ['row', error ? 'err' : '', hit ? 'hit' : '', detail === undefined ? '' : 'open']
    .filter(Boolean)
    .join(' ');
  const kind = span.kind === 0 || span.kind === 1 ? '' : html`<span class="kind">${kindName(span.kind)}</span>`;
  return html`<div class="${classes}" id="s-${span.spanId}" role="row" aria-level="${depth + 1}"${parent ? html` aria-expanded="true"` : ''} tabindex="-1">
<span class="name d${Math.min(depth, MAX_INDENT)}" role="gridcell">${parent ? html`<button class="fold" tabindex="-1" aria-label="fold"></button>` : html`<i class="leaf"></i>`}<a class="op" href="?uiFind=${span.spanId}#s-${span.spanId}" tabindex="-1"><b class="svc ${colourClass(span.origin.service)}">${shorten(span.origin.service, 40)}</b> ${shorten(span.name, 160)}</a>${kind}${wait === undefined ? '' : html`<span class="kind">waited ${formatDuration(wait.to - wait.from)}</span>`}${badges(node, linkedFrom, error)}${oddity === undefined ? '' : html`<span class="warn">${oddity}</span>`}</span>
${bar(node, critical, wait, scale)}</div>${detail ?? ''}`;
}

function badges({ span }: Node, linkedFrom: number, error: boolean): Html {
  const links = span.links.filter((link) => link.traceId !== span.traceId || link.spanId !== span.parentSpanId).length;
  return html`${error ? html`<span class="bad">error</span>` : ''}${links > 0 ? html`<span class="link" title="links to ${links}">↗${links}</span>` : ''}${linkedFrom > 0 ? html`<span class="link" title="linked from ${linkedFrom}">↙${linkedFrom}</span>` : ''}`;
}

function bar({ span }: Node, critical: Segment[], wait: QueueWait | undefined, scale: Scale): Html {
  const at = (time: bigint): number => Number(time - scale.start) / scale.nanos;
  const [from, to] = [at(span.startNano), at(laterOf(span.startNano, span.endNano))];
  const label = formatDuration(durationNano(span));
  // The label stands where there is room: right of the bar, left of it, or inside.
  const before = wait === undefined ? from : Math.max(0, at(wait.from));
  const [x, dx, anchor, place] =
    to < 0.86 ? [to, 5, 'start', ''] : before > 0.14 ? [before, -5, 'end', ''] : [to, -5, 'end', 'in'];
  return html`<svg class="bar" role="gridcell" height="24" aria-label="starts at ${formatDuration(Math.max(0, from * scale.nanos))}, takes ${label}">
${wait === undefined ? '' : html`<line class="wait" x1="${percent(at(wait.from))}" x2="${percent(from)}" y1="12" y2="12"><title>waited ${formatDuration(wait.to - wait.from)} in the queue</title></line>`}<rect class="${colourClass(span.origin.service)}" x="${percent(from)}" width="${percent(to - from)}" y="6" height="12" rx="2"/>${critical.map(
    (segment) =>
      html`<rect class="crit" x="${percent(at(segment.from))}" width="${percent(at(segment.to) - at(segment.from))}" y="16" height="2"/>`,
  )}${span.events.slice(0, 50).map((event) => html`<line class="ev" x1="${percent(at(event.timeNano))}" x2="${percent(at(event.timeNano))}" y1="4" y2="20"/>`)}<text class="${place}" x="${percent(x)}" y="16" dx="${dx}" text-anchor="${anchor}">${label}</text></svg>`;
}
