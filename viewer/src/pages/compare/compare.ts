import type { Context } from 'hono';
import { html } from 'hono/html';
import { type ComparedRow, compareTrees, type Side } from '../../analysis/compare.ts';
import { similarTraces } from '../../analysis/similar.ts';
import { summarize } from '../../analysis/summary.ts';
import { buildTree } from '../../analysis/tree.ts';
import { parseTraceId } from '../../api/params.ts';
import type { SpanStore } from '../../store/store.ts';
import type { Stores } from '../../store/stores.ts';
import type { Trace } from '../../store/trace.ts';
import { colourClass } from '../colour.ts';
import { formatCount, formatDuration, formatTime, shorten } from '../format.ts';
import { type Html, layout, messagePage } from '../layout.ts';

/** Compares two traces, at Jaeger's URL `/trace/A...B`. */
export function comparePage(c: Context, stores: Stores, a: string, b: string): Response | Promise<Response> {
  const [left, right] = [a, b].map((given) => stores.traces.get(parseTraceId(given) ?? ''));
  if (left === undefined || right === undefined) {
    const missing = left === undefined ? a : b;
    const message = html`<p>The trace <code>${shorten(missing, 100)}</code> is not stored. A comparison needs both traces.</p>`;
    return c.html(messagePage('One of the traces is not here', message, stores.stats()), 404);
  }
  const rows = compareTrees(buildTree(left), buildTree(right));
  const same = rows.filter((row) => row.left.spans === row.right.spans && row.left.errors === row.right.errors).length;
  const body = html`<h1>Compare</h1>
<p>${same === rows.length ? 'Both have the same shape.' : html`${formatCount(rows.length - same, 'row')} of ${rows.length} differ in shape.`}
Spans of one service, kind and name below the same parents are one row.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Comparison"><table class="compared"><thead><tr><th scope="col">Span</th>${column('A', left)}${column('B', right)}<th scope="col">Difference</th></tr></thead>
<tbody>${rows.map(rowHtml)}</tbody></table></div>`;
  return c.html(layout({ title: 'Compare traces', styles: ['tables'], body, stats: stores.stats() }));
}

/** A choice of traces to compare with; the most similar is preselected. */
export function compareForm(store: SpanStore, trace: Trace): Html | '' {
  const similar = similarTraces(store, trace, 20);
  if (similar.length === 0) return '';
  return html`<form class="compare" action="/compare"><input type="hidden" name="a" value="${trace.id}"><select name="b" aria-label="Compare with">${similar.map(
    ({ trace: other, summary, likeness }) =>
      html`<option value="${other.id}">${other.id.slice(0, 7)} · ${formatDuration(other.endNano - other.startNano)} · ${formatCount(summary.spans, 'span')}${summary.errors > 0 ? ` · ${formatCount(summary.errors, 'error')}` : ''} · ${Math.floor(likeness * 100)} % alike · ${formatTime(other.startNano).slice(11, 19)}</option>`,
  )}</select><button>Compare</button></form>`;
}

/** `/compare?a=ID&b=ID`; `b` defaults to the most similar trace. */
export function compareRedirect(c: Context, stores: Stores): Response {
  const store = stores.traces;
  const a = c.req.query('a') ?? '';
  const trace = store.get(parseTraceId(a) ?? '');
  const b = c.req.query('b') || (trace && similarTraces(store, trace, 1)[0]?.trace.id) || '';
  return c.redirect(`/trace/${encodeURIComponent(a)}...${encodeURIComponent(b)}`);
}

const column = (
  name: string,
  trace: Trace,
): Html => html`<th scope="col">${name} <a href="/trace/${trace.id}"><code>${trace.id.slice(0, 7)}</code></a>
<span class="dim">${formatDuration(trace.endNano - trace.startNano)} · ${formatCount(summarize(trace).spans, 'span')} · ${formatTime(trace.startNano).slice(11)}</span></th>`;

function rowHtml(row: ComparedRow): Html {
  const { left, right } = row;
  const state =
    left.spans === 0 ? 'only-b' : right.spans === 0 ? 'only-a' : left.spans !== right.spans ? 'differs' : '';
  return html`<tr class="${state}"><td><span class="name d${Math.min(row.depth, 24)}"><b class="svc ${colourClass(row.service)}">${shorten(row.service, 40)}</b> ${shorten(row.name, 120)} <span class="kind">${row.kind}</span></span></td>
<td>${sideHtml(left)}</td><td>${sideHtml(right)}</td><td>${difference(left, right)}</td></tr>`;
}

const sideHtml = ({ spans, errors, nanos }: Side): Html =>
  spans === 0
    ? html`<span class="dim">not there</span>`
    : html`${formatDuration(nanos)}${spans > 1 ? html` <span class="dim">×${spans}</span>` : ''}${errors > 0 ? html` <span class="bad">${formatCount(errors, 'error')}</span>` : ''}`;

function difference(left: Side, right: Side): string {
  if (left.spans === 0) return 'only in B';
  if (right.spans === 0) return 'only in A';
  const more = right.nanos - left.nanos;
  return more < 0n ? `−${formatDuration(-more)}` : `+${formatDuration(more)}`;
}
