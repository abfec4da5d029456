import { Hono } from 'hono';
import { html } from 'hono/html';
import { criticalPath } from '../../analysis/critical-path.ts';
import { summarize, type TraceSummary } from '../../analysis/summary.ts';
import { buildTree, type Tree } from '../../analysis/tree.ts';
import { queueWait } from '../../analysis/wait.ts';
import { parseTraceId } from '../../api/params.ts';
import type { Span } from '../../model.ts';
import { findTraces } from '../../store/search.ts';
import type { SpanStore } from '../../store/store.ts';
import type { Trace } from '../../store/trace.ts';
import { colourClass } from '../colour.ts';
import { comparePage } from '../compare/compare.ts';
import { formatCount, formatDuration, formatTime, shorten } from '../format.ts';
import { type Html, layout, messagePage } from '../layout.ts';
import { findSpans } from './find.ts';
import { spanDetail } from './span-detail.ts';
import { type Row, ruler, type Scale, waterfallRow } from './waterfall.ts';

export function tracePage(store: SpanStore): Hono {
  const app = new Hono();

  app.get('/:id', (c) => {
    const given = c.req.param('id');
    const pair = /^([^.]+)\.\.\.([^.]+)$/.exec(given);
    if (pair !== null) return comparePage(c, store, pair[1] ?? '', pair[2] ?? '');
    const id = parseTraceId(given);
    if (id === undefined) {
      return c.html(
        messagePage(
          'That is no trace id',
          html`<p>A trace id is 1 to 32 hex digits. This is not: <code>${shorten(given, 100)}</code></p>`,
          store.stats(),
        ),
        400,
      );
    }
    const trace = store.get(id);
    return trace === undefined
      ? c.html(missing(id), 404)
      : c.html(page(trace, c.req.query('uiFind') ?? '', Number(c.req.query('from'))));
  });

  app.get('/:id/spans/:span', (c) => {
    const trace = store.get(parseTraceId(c.req.param('id')) ?? '');
    const node = trace && buildTree(trace).byId.get(c.req.param('span'));
    if (trace === undefined || node === undefined) return c.text('this span is no longer stored', 404);
    return c.html(spanDetail(store, node, trace.startNano));
  });

  app.get('/:id/find', (c) => {
    const trace = store.get(parseTraceId(c.req.param('id')) ?? '');
    return c.json({ spans: trace === undefined ? [] : [...findSpans(trace, c.req.query('q') ?? '')] });
  });

  // Asked by an open page: are there more spans than it shows?
  app.get('/:id/state', (c) => c.json({ spans: store.get(parseTraceId(c.req.param('id')) ?? '')?.spans.size ?? 0 }));

  const missing = (id: string): Html =>
    layout({
      title: 'No such trace',
      script: 'trace',
      body: html`<section class="message" data-trace="${id}" data-spans="0"><h1>No such trace</h1>
<p>Nothing is stored of <code>${id}</code>. It may not have arrived yet: then this page shows it when it does.
Or it was sampled away, or it is older than the ${formatCount(store.stats().spans, 'span')} that are kept.</p></section>`,
      stats: store.stats(),
    });

  function page(trace: Trace, uiFind: string, from: number): Html {
    const tree = buildTree(trace);
    const summary = summarize(trace);
    const critical = criticalPath(tree);
    const hits = findSpans(trace, uiFind);
    const scale: Scale = { start: trace.startNano, nanos: Math.max(1, Number(trace.endNano - trace.startNano)) };
    const firstHit = tree.rows.findIndex((node) => hits.has(node.span.spanId));
    const start = pageStart(tree.rows.length, from, firstHit);
    const rows = tree.rows.slice(start, start + MAX_ROWS).map((node): Html => {
      const { span } = node;
      const row: Row = {
        node,
        critical: critical.get(node) ?? [],
        wait: queueWait(store, span),
        linkedFrom: linkedFrom(span),
        hit: hits.has(span.spanId),
        detail: uiFind === span.spanId ? spanDetail(store, node, trace.startNano) : undefined,
      };
      return waterfallRow(row, scale);
    });
    return layout({
      title: `${summary.rootOperation || 'Trace'} (${trace.id.slice(0, 7)})`,
      style: 'trace',
      script: 'trace',
      body: html`${head(trace, summary, tree, uiFind, hits.size)}
<div class="waterfall" role="treegrid" aria-label="Spans" data-trace="${trace.id}" data-spans="${trace.spans.size}">${ruler(scale)}${rows}</div>${pager(tree.rows.length, start)}`,
      stats: store.stats(),
    });
  }

  function head(trace: Trace, summary: TraceSummary, tree: Tree, uiFind: string, hits: number): Html {
    const depth = tree.rows.reduce((max, node) => Math.max(max, node.depth), 0) + 1;
    return html`<div class="head"><h1><b class="svc ${colourClass(summary.rootService)}">${shorten(summary.rootService, 60)}</b> ${shorten(summary.rootOperation || 'the first span is not here', 160)}</h1>
<p><strong>${formatDuration(trace.endNano - trace.startNano)}</strong> · ${formatTime(trace.startNano)} · ${formatCount(summary.spans, 'span')}, ${formatCount(depth, 'level')} deep${summary.errors > 0 ? html` · <span class="bad">${formatCount(summary.errors, 'error')}</span>` : ''}${summary.orphans > 0 ? html` · <span class="warn">${formatCount(summary.orphans, 'orphan')}</span>` : ''} · <code>${trace.id}</code></p>
<p class="chips">${summary.services.map(({ name, spans }) => html`<span class="chip ${colourClass(name)}">${shorten(name, 40)} ${spans}</span>`)}
<span class="legend"><svg width="22" height="8"><rect class="crit" y="3" width="22" height="2"/></svg> critical path <svg width="22" height="8"><line class="wait" x1="0" x2="22" y1="4" y2="4"/></svg> waiting in a queue</span></p>
<div class="tools"><form class="find" role="search"><input id="find" name="uiFind" value="${uiFind}" placeholder="Find in this trace ( / )" aria-label="Find in this trace" autocomplete="off" spellcheck="false"><output id="found">${uiFind === '' ? '' : formatCount(hits, 'span')}</output></form>
<button id="unfold" type="button" hidden>Unfold all</button><button id="fold" type="button" hidden>Fold all</button>${summary.errors > 0 ? html`<button id="next-error" type="button" hidden>Next error</button>` : ''}
${others(trace, summary)}<a href="/api/v3/traces/${trace.id}?rawTraces=true" download="trace-${trace.id}.json">Raw JSON</a></div></div>`;
  }

  /** Of others: that a child links to its parent says nothing new. */
  const linkedFrom = (span: Span): number =>
    [...store.links.to(span.traceId, span.spanId)].filter(
      (from) => from.traceId !== span.traceId || from.parentSpanId !== span.spanId,
    ).length;

  /** Traces that began with the same operation, to compare with. */
  function others(trace: Trace, { rootService, rootOperation }: TraceSummary): Html | '' {
    if (rootOperation === '') return '';
    const alike = findTraces(store, { service: rootService, operation: rootOperation, limit: 40 })
      .filter((other) => other !== trace)
      .map((other) => ({ other, root: summarize(other) }))
      .filter(({ root }) => root.rootService === rootService && root.rootOperation === rootOperation)
      .slice(0, 20);
    if (alike.length === 0) return '';
    return html`<form class="compare" action="/compare"><input type="hidden" name="a" value="${trace.id}"><select name="b" aria-label="Compare with">${alike.map(
      ({ other, root }) =>
        html`<option value="${other.id}">${other.id.slice(0, 7)} · ${formatDuration(other.endNano - other.startNano)} · ${formatCount(root.spans, 'span')} · ${formatTime(other.startNano).slice(11, 19)}</option>`,
    )}</select><button>Compare</button></form>`;
  }

  return app;
}

/** More rows than this are more than a browser shows at once, and a person at all: the rest is on further pages. */
const MAX_ROWS = 5000;

/** The page that was asked for, else the one with the first span that was found. */
function pageStart(rows: number, from: number, firstHit: number): number {
  if (Number.isInteger(from) && from > 0 && from < rows) return from;
  return firstHit < MAX_ROWS ? 0 : Math.floor(firstHit / MAX_ROWS) * MAX_ROWS;
}

function pager(rows: number, start: number): Html | '' {
  if (rows <= MAX_ROWS) return '';
  const last = Math.min(start + MAX_ROWS, rows);
  return html`<p>Spans ${start + 1} to ${last} of ${rows}.
${start === 0 ? '' : html`<a href="?from=${Math.max(0, start - MAX_ROWS)}">Earlier ones</a> `}${last === rows ? '' : html`<a href="?from=${last}">Further ones</a>`}</p>`;
}
