import { html } from 'hono/html';
import { selfNano, timeByService } from '../../analysis/self-time.ts';
import type { Node } from '../../analysis/tree.ts';
import { durationNano, isError, kindName } from '../../model.ts';
import type { Trace } from '../../store/trace.ts';
import { colourClass } from '../colour.ts';
import { formatDuration, percent, shorten } from '../format.ts';
import type { Html } from '../layout.ts';
import { type Address, linkTo, type SORT_KEYS } from './address.ts';
import type { Shape } from './view.ts';

const PAGE = 200;

interface Entry {
  node: Node;
  self: bigint;
}

interface Column {
  key: (typeof SORT_KEYS)[number];
  title: string;
  compare: (a: Entry, b: Entry) => number;
}

const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const number = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** Times sort longest first, all other columns ascending. */
const COLUMNS: Column[] = [
  { key: 'service', title: 'Service', compare: (a, b) => text(serviceOf(a), serviceOf(b)) },
  { key: 'name', title: 'Span', compare: (a, b) => text(a.node.span.name, b.node.span.name) },
  { key: 'kind', title: 'Kind', compare: (a, b) => a.node.span.kind - b.node.span.kind },
  { key: 'start', title: 'Start', compare: (a, b) => number(a.node.span.startNano, b.node.span.startNano) },
  {
    key: 'duration',
    title: 'Duration',
    compare: (a, b) => number(durationNano(b.node.span), durationNano(a.node.span)),
  },
  { key: 'self', title: 'Self time', compare: (a, b) => number(b.self, a.self) },
];

const serviceOf = ({ node }: Entry): string => node.span.origin.service;

/** Self time by service, then by span. */
export function spansView(trace: Trace, { tree }: Shape, address: Address): Html {
  const nodes =
    address.services.size === 0 ? tree.rows : tree.rows.filter(({ span }) => address.services.has(span.origin.service));
  const column = COLUMNS.find(({ key }) => key === address.sort) ?? (COLUMNS.at(-1) as Column);
  const entries = nodes.map((node): Entry => ({ node, self: selfNano(node) })).sort(column.compare);
  const total = Number(entries.reduce((sum, { self }) => sum + self, 0n)) || 1;
  const start = Math.min(address.from, Math.max(0, entries.length - 1));
  const shown = entries.slice(start, start + PAGE);
  const last = start + shown.length;
  return html`${services(nodes, total)}
<h2>Spans</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Spans"><table class="numbers spans"><thead><tr>${COLUMNS.map(
    ({ key, title }) =>
      html`<th scope="col"${key === column.key ? html` aria-sort="${['duration', 'self'].includes(key) ? 'descending' : 'ascending'}"` : ''}><a href="${linkTo(address, { sort: key, from: 0 })}">${title}</a></th>`,
  )}<th scope="col">Share</th></tr></thead><tbody>${shown.map((entry) => row(entry, total, trace, address))}</tbody></table></div>
${entries.length <= PAGE ? '' : html`<p class="found">Spans ${start + 1} to ${last} of ${entries.length}. ${start === 0 ? '' : html`<a href="${linkTo(address, { from: Math.max(0, start - PAGE) })}">Previous</a> `}${last === entries.length ? '' : html`<a href="${linkTo(address, { from: last })}">Next</a>`}</p>`}`;
}

function services(nodes: Node[], total: number): Html {
  return html`<h2>Services</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Self time by service"><table class="numbers services"><thead><tr><th scope="col">Service</th><th scope="col">Spans</th><th scope="col">Errors</th><th scope="col">Self time</th><th scope="col">Share</th></tr></thead><tbody>${timeByService(
    nodes,
  ).map(
    ({ service, spans, errors, selfNano: self }) =>
      html`<tr><td><span class="chip ${colourClass(service)}">${shorten(service, 60)}</span></td><td>${spans}</td><td${errors > 0 ? html` class="bad"` : ''}>${errors}</td><td>${formatDuration(self)}</td>${shareCell(Number(self) / total, service)}</tr>`,
  )}</tbody></table></div>`;
}

function row({ node: { key, span }, self }: Entry, total: number, trace: Trace, address: Address): Html {
  const href = linkTo(address, { view: 'timeline', uiFind: key, from: 0, sort: '', services: new Set() });
  return html`<tr${isError(span) ? html` class="err"` : ''}><td><b class="svc ${colourClass(span.origin.service)}">${shorten(span.origin.service, 40)}</b></td><td><a href="${href}">${shorten(span.name, 100) || '(no name)'}</a>${isError(span) ? html` <span class="bad">error</span>` : ''}</td><td>${span.kind === 0 ? '' : kindName(span.kind)}</td><td>${formatDuration(span.startNano - trace.startNano)}</td><td>${formatDuration(durationNano(span))}</td><td>${formatDuration(self)}</td>${shareCell(Number(self) / total, span.origin.service)}</tr>`;
}

const shareCell = (share: number, service: string): Html =>
  html`<td class="share">${(share * 100).toFixed(1)} %<svg width="100%" height="3" aria-hidden="true"><rect class="${colourClass(service)}" width="${percent(share)}" height="3"/></svg></td>`;
