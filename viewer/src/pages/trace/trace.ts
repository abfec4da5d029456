import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { summarize } from '../../analysis/summary.ts';
import { RAW } from '../../api/adjust.ts';
import { toResourceSpans } from '../../api/otlp.ts';
import { toResourceLogs } from '../../api/otlp-logs.ts';
import { BadParameter, parseTraceId } from '../../api/params.ts';
import type { Stores } from '../../store/stores.ts';
import type { Trace } from '../../store/trace.ts';
import { compareForm, comparePage } from '../compare/compare.ts';
import { formatCount, shorten } from '../format.ts';
import { type Html, layout, messagePage } from '../layout.ts';
import { type Address, parseRow, readAddress } from './address.ts';
import { exportHtml } from './export.ts';
import { flameView } from './flame.ts';
import { head } from './head.ts';
import { alarmsOf, logSection } from './log-lines.ts';
import { spanDetail } from './span/detail.ts';
import { spansView } from './spans-table.ts';
import { blocks, rulerOf, type Source, timeline } from './timeline/timeline.ts';
import { hitsOf, rowsOf, type Shape, shapeOf } from './view.ts';

const STYLES = { timeline: ['waterfall', 'detail', 'logs'], flame: ['flame'], spans: ['tables'] } as const;

export function tracePage(stores: Stores): Hono {
  const app = new Hono();
  const store = stores.traces;
  const addressOf = (c: Context): Address => readAddress(new URL(c.req.url).searchParams);
  const traceOf = (c: Context): Trace | undefined => store.get(parseTraceId(c.req.param('id') ?? '') ?? '');

  app.onError((error, c) => {
    if (!(error instanceof BadParameter)) throw error;
    const isPage = /^\/trace\/[^/]+$/.test(c.req.path);
    if (!isPage) return c.text(error.message, 400);
    const message = html`<p class="problem" role="alert">${error.message}</p>`;
    return c.html(messagePage('No such view of a trace', message, stores.stats()), 400);
  });

  app.get('/:id', (c) => {
    const given = c.req.param('id');
    const pair = /^([^.]+)\.\.\.([^.]+)$/.exec(given);
    if (pair !== null) return comparePage(c, stores, pair[1] ?? '', pair[2] ?? '');
    const id = parseTraceId(given);
    if (id === undefined) {
      const message = html`<p>A trace id is 1 to 32 hex digits. This is not one: <code>${shorten(given, 100)}</code></p>`;
      return c.html(messagePage('Not a trace id', message, stores.stats()), 400);
    }
    const trace = store.get(id);
    if (trace === undefined) return c.html(missing(id), 404);
    return c.html(page(trace, addressOf(c), new URL(c.req.url).origin));
  });

  // Parts of an open page. Row positions are valid for one state of the trace only: 409 for any other.

  app.get('/:id/rows', (c) =>
    part(c, (trace, shape, address) => {
      const count = Math.min(parseRow(c.req.query('count') ?? '') ?? 0, 1000);
      return c.html(html`${blocks(sourceOf(trace, shape, address), address.from, count)}`);
    }),
  );

  app.get('/:id/find', (c) =>
    part(c, (trace, shape, address) =>
      c.json({ rows: hitsOf(trace, rowsOf(shape, address.services), address.uiFind) }),
    ),
  );

  app.get('/:id/ruler', (c) => {
    const trace = traceOf(c);
    return trace === undefined ? c.text('this trace is no longer stored', 404) : c.html(rulerOf(trace, addressOf(c)));
  });

  app.get('/:id/spans/:span', (c) => {
    const trace = traceOf(c);
    const node = trace && shapeOf(trace).tree.byKey.get(c.req.param('span'));
    if (trace === undefined || node === undefined) return c.text('this span is no longer stored', 404);
    return c.html(spanDetail(stores, trace, node, addressOf(c)));
  });

  // One request per line, as a collector's file exporter writes them.
  app.get('/:id/otlp.jsonl', (c) => {
    const id = parseTraceId(c.req.param('id')) ?? '';
    const [spans, logs] = [store.get(id)?.spans.values() ?? [], stores.logs.ofTrace(id)];
    const requests = [{ resourceSpans: toResourceSpans(spans, RAW) }, { resourceLogs: toResourceLogs(logs) }];
    const lines = requests.filter((request) => Object.values(request).flat().length > 0);
    if (lines.length === 0) return c.text('this trace is no longer stored', 404);
    c.header('content-disposition', `attachment; filename="trace-${id}.jsonl"`);
    const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    return c.body(body, 200, { 'content-type': 'application/x-ndjson' });
  });

  app.get('/:id/export.html', async (c) => {
    const trace = traceOf(c);
    if (trace === undefined) return c.text('this trace is no longer stored', 404);
    const source = sourceOf(trace, shapeOf(trace), { ...addressOf(c), uiFind: '' });
    c.header('content-disposition', `attachment; filename="trace-${trace.id}.html"`);
    return c.html(await exportHtml(source, summarize(trace), new URL(c.req.url).origin));
  });

  // Polled by an open page to detect new spans and log lines.
  app.get('/:id/state', (c) => {
    const logs = stores.logs.countOf(parseTraceId(c.req.param('id')) ?? '');
    return c.json({ spans: traceOf(c)?.spans.size ?? 0, logs });
  });

  const sourceOf = (trace: Trace, shape: Shape, address: Address): Source => ({
    stores,
    trace,
    shape,
    address,
    alarms: alarmsOf(stores.logs.ofTrace(trace.id)),
  });

  function part(
    c: Context,
    answer: (trace: Trace, shape: Shape, address: Address) => Response | Promise<Response>,
  ): Response | Promise<Response> {
    const trace = traceOf(c);
    if (trace === undefined) return c.text('this trace is no longer stored', 404);
    if (String(trace.version) !== c.req.query('version')) return c.text('the trace has changed: load it again', 409);
    return answer(trace, shapeOf(trace), addressOf(c));
  }

  const missing = (id: string): Html =>
    layout({
      title: 'No such trace',
      styles: ['logs'],
      script: 'trace/watch',
      body: html`<section class="message" data-watch="${id}" data-spans="0" data-logs="${stores.logs.countOf(id)}"><h1>No such trace</h1>
<p>No span of <code>${id}</code> is stored. If one arrives, this page shows it.
The trace may not have been sampled, or it is older than the ${formatCount(stores.stats().spans, 'stored span')}.</p></section>${logSection(id, stores.logs.ofTrace(id))}`,
      stats: stores.stats(),
    });

  function page(trace: Trace, address: Address, origin: string): Html {
    const shape = shapeOf(trace);
    const summary = summarize(trace);
    const hits = hitsOf(trace, rowsOf(shape, address.services), address.uiFind);
    const records = stores.logs.ofTrace(trace.id);
    const compare = compareForm(store, trace);
    const views = {
      timeline: () => timeline(sourceOf(trace, shape, address), hits),
      flame: () => flameView(shape, address),
      spans: () => spansView(trace, shape, address),
    };
    return layout({
      title: `${summary.rootOperation || 'Trace'} (${trace.id.slice(0, 7)})`,
      styles: ['trace', ...STYLES[address.view]],
      script: address.view === 'timeline' ? 'trace/trace' : 'trace/watch',
      body: html`${head({ trace, summary, shape, address, hits: hits.length, origin, compare, records })}
<section data-watch="${trace.id}" data-spans="${trace.spans.size}" data-logs="${records.length}">${views[address.view]()}</section>
${address.view === 'timeline' ? logSection(trace.id, records, trace, address) : ''}`,
      stats: stores.stats(),
    });
  }

  return app;
}
