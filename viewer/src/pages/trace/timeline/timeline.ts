import { html } from 'hono/html';
import type { Node } from '../../../analysis/tree.ts';
import { queueWait } from '../../../analysis/wait.ts';
import type { Span } from '../../../model.ts';
import type { SpanStore } from '../../../store/store.ts';
import type { Stores } from '../../../store/stores.ts';
import type { Trace } from '../../../store/trace.ts';
import { type Html, json } from '../../layout.ts';
import { type Address, linkTo } from '../address.ts';
import type { Alarms } from '../log-lines.ts';
import { spanDetail } from '../span/detail.ts';
import { outlineOf, rowsOf, type Shape } from '../view.ts';
import { minimap } from './minimap.ts';
import { scaleOf } from './scale.ts';
import { ruler, waterfallRow } from './waterfall.ts';

/** Number of rows that are fetched and dropped together; `rows.js` reads it from the page. */
const BLOCK = 50;
/** Rows in the page as served. A script adds the rest; without scripts the page links to the next ones. */
const MAX_ROWS = 4 * BLOCK;
/** Beyond this depth, indentation by the usual step would leave too little room for names. */
const DEEP = 10;

export interface Source {
  stores: Stores;
  trace: Trace;
  shape: Shape;
  address: Address;
  alarms: Alarms;
}

/** `hits` are the positions of matching rows. */
export function timeline(source: Source, hits: number[]): Html {
  const { trace, shape, address } = source;
  const rows = rowsOf(shape, address.services);
  const scale = scaleOf(trace, address.zoom);
  const start = pageStart(rows.length, address.from, hits[0] ?? -1);
  return html`${tools()}
<div class="times">${minimap(trace, rows, scale)}</div>
<div class="waterfall${shape.depth > DEEP ? ' deep' : ''}" role="treegrid" aria-label="Spans" aria-rowcount="${rows.length + 1}" data-trace="${trace.id}" data-block="${BLOCK}" data-from="${start}">${ruler(scale)}${blocks(source, start, MAX_ROWS, new Set(hits))}</div>
${pager(rows.length, start, address)}${json('outline', outlineOf(shape, rows, hits))}`;
}

/** Controls that need scripts. */
const tools =
  (): Html => html`<div class="tools scripted" hidden><button id="unfold" type="button">Unfold all</button><button id="fold" type="button">Fold all</button><button id="next-error" type="button">Next error</button>
<span class="group" role="group" aria-label="Zoom"><button id="zoom-in" type="button" aria-label="Zoom in">+</button><button id="zoom-out" type="button" aria-label="Zoom out">−</button><button id="zoom-reset" type="button">Whole trace</button></span><span class="dim">Drag over the overview or the time scale to zoom.</span></div>`;

/** A range of rows, in blocks. */
export function blocks(source: Source, start: number, count: number, hits: ReadonlySet<number> = new Set()): Html[] {
  const { stores, trace, shape, address, alarms } = source;
  const rows = rowsOf(shape, address.services);
  const scale = scaleOf(trace, address.zoom);
  const store = stores.traces;
  const rowHtml = (node: Node, position: number): Html => {
    const { span } = node;
    const open = address.uiFind === node.key;
    return waterfallRow(
      {
        node,
        position,
        critical: shape.critical.get(node) ?? [],
        wait: queueWait(store, span),
        alarms: alarms.get(span.spanId) ?? [],
        linkedFrom: linkedFrom(store, span),
        hit: hits.has(position),
        context: address.services.size > 0 && !address.services.has(span.origin.service),
        href: `${linkTo(address, { uiFind: node.key, from: 0 })}#s-${node.key}`,
        detail: open ? spanDetail(stores, trace, node, address) : undefined,
      },
      scale,
    );
  };
  const result: Html[] = [];
  for (let from = start; from < Math.min(start + count, rows.length); from += BLOCK) {
    const block = rows.slice(from, Math.min(from + BLOCK, start + count));
    result.push(
      html`<div class="block" role="rowgroup" data-from="${from}">${block.map((node, index) => rowHtml(node, from + index))}</div>`,
    );
  }
  return result;
}

/** The time scale of a part of the trace. */
export const rulerOf = (trace: Trace, address: Address): Html => ruler(scaleOf(trace, address.zoom), false);

/** Links from other spans. A child's link to its own parent repeats the tree and is not counted. */
const linkedFrom = (store: SpanStore, span: Span): number =>
  [...store.links.to(span.traceId, span.spanId)].filter(
    (from) => from.traceId !== span.traceId || from.parentSpanId !== span.spanId,
  ).length;

/** The requested page, or else the page of the first match. Pages start at a block boundary. */
function pageStart(rows: number, from: number, firstHit: number): number {
  if (from > 0 && from < rows) return Math.floor(from / BLOCK) * BLOCK;
  return firstHit < MAX_ROWS ? 0 : Math.floor(firstHit / MAX_ROWS) * MAX_ROWS;
}

/** Without scripts, a long trace has several pages. */
function pager(rows: number, start: number, address: Address): Html | '' {
  if (rows <= MAX_ROWS) return '';
  const last = Math.min(start + MAX_ROWS, rows);
  const before = Math.max(0, start - MAX_ROWS);
  return html`<p class="pager">Spans ${start + 1} to ${last} of ${rows}.
${start === 0 ? '' : html`<a href="${linkTo(address, { from: before, uiFind: '' })}">Previous</a> `}${last === rows ? '' : html`<a href="${linkTo(address, { from: last, uiFind: '' })}">Next</a>`}</p>`;
}
