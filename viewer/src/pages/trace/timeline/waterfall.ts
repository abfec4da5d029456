import { html } from 'hono/html';
import type { Segment } from '../../../analysis/critical-path.ts';
import type { Node } from '../../../analysis/tree.ts';
import type { QueueWait } from '../../../analysis/wait.ts';
import { isError, kindName } from '../../../model.ts';
import type { StoredLog } from '../../../model-logs.ts';
import { colourClass } from '../../colour.ts';
import { formatDuration, percent, shorten } from '../../format.ts';
import type { Html } from '../../layout.ts';
import { countAlarms } from '../log-lines.ts';
import { bar } from './bar.ts';
import type { Scale } from './scale.ts';

export interface Row {
  node: Node;
  /** Position in the list of rows. */
  position: number;
  critical: Segment[];
  wait: QueueWait | undefined;
  /** Warnings and errors logged in the span. */
  alarms: readonly StoredLog[];
  /** Number of spans that link to this one. */
  linkedFrom: number;
  hit: boolean;
  /** Not of a selected service: shown because a descendant is. */
  context: boolean;
  /** URL that opens this span. */
  href: string;
  detail: Html | undefined;
}

/** Maximum indentation; the style sheet has no more steps. */
const MAX_INDENT = 24;

const TICKS = [0, 0.25, 0.5, 0.75, 1];

export const ruler = (
  { start, nanos, origin }: Scale,
  columns = true,
): Html => html`<div class="row ruler" role="row" aria-rowindex="1"><span class="name" role="columnheader">Span${columns ? html`<span id="width" role="separator" aria-orientation="vertical" aria-label="Width of the name column, in percent" aria-valuemin="15" aria-valuemax="75" aria-valuenow="34" tabindex="0" hidden></span>` : ''}</span>
<span class="ticks" role="columnheader"><span class="hidden">Time</span><svg class="bar" height="24" aria-hidden="true">${TICKS.map(
  (tick) =>
    html`<text x="${percent(tick)}" y="16" dx="${tick === 1 ? -4 : 4}" text-anchor="${tick === 1 ? 'end' : 'start'}">${tickText(Number(start - origin) + nanos * tick)}</text>`,
)}</svg></span></div>`;

const tickText = (nanos: number): string => (nanos === 0 ? '0' : formatDuration(nanos));

export function waterfallRow(row: Row, scale: Scale): Html {
  const { node, position, critical, wait, hit, context, href, detail } = row;
  const { span, depth, children, oddity } = node;
  const error = isError(span);
  const parent = children.length > 0;
  const classes = [
    'row',
    error ? 'err' : '',
    hit ? 'hit' : '',
    context ? 'context' : '',
    detail === undefined ? '' : 'open',
  ]
    .filter(Boolean)
    .join(' ');
  const kind = span.kind === 0 || span.kind === 1 ? '' : html`<span class="kind">${kindName(span.kind)}</span>`;
  return html`<div class="${classes}" id="s-${node.key}" role="row" aria-level="${depth + 1}" aria-rowindex="${position + 2}"${parent ? html` aria-expanded="true"` : ''} tabindex="-1">
<span class="name d${Math.min(depth, MAX_INDENT)}" role="gridcell">${parent ? html`<button class="fold" tabindex="-1" aria-label="Fold"></button>` : html`<i class="leaf"></i>`}${depth > MAX_INDENT ? html`<span class="kind depth" title="level ${depth + 1}">${depth + 1}</span>` : ''}<a class="op" href="${href}" title="${shorten(span.origin.service, 100)} ${shorten(span.name, 1000)}" tabindex="-1"><b class="svc ${colourClass(span.origin.service)}">${shorten(span.origin.service, 40)}</b> <span class="what">${shorten(span.name, 160)}</span></a>${kind}${wait === undefined ? '' : html`<span class="dim waited">waited ${formatDuration(wait.to - wait.from)}</span>`}${badges(row, error)}${oddity === undefined ? '' : html`<span class="warn">${oddity}</span>`}</span>
${bar(span, critical, wait, scale, row.alarms)}</div>${detail ?? ''}`;
}

function badges({ node: { span }, linkedFrom, alarms }: Row, error: boolean): Html {
  const { warnings, errors } = countAlarms(alarms);
  const links = span.links.filter((link) => link.traceId !== span.traceId || link.spanId !== span.parentSpanId).length;
  return html`${error ? html`<span class="bad">error</span>` : ''}${errors === '' ? '' : html`<span class="bad">${errors}</span>`}${warnings === '' ? '' : html`<span class="warn">${warnings}</span>`}${links > 0 ? html`<span class="link" title="links to ${links}">↗${links}</span>` : ''}${linkedFrom > 0 ? html`<span class="link" title="linked from ${linkedFrom}">↙${linkedFrom}</span>` : ''}`;
}
