import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { summarize } from '../../analysis/summary.ts';
import { BadParameter, parseTraceId } from '../../api/params.ts';
import type { SpanStore } from '../../store/store.ts';
import type { Trace } from '../../store/trace.ts';
import { compareForm, comparePage } from '../compare/compare.ts';
import { formatCount, shorten } from '../format.ts';
import { type Html, layout, messagePage } from '../layout.ts';
import { type Address, parseRow, readAddress } from './address.ts';
import { flameView } from './flame.ts';
import { head } from './head.ts';
import { spanDetail } from './span/detail.ts';
import { spansView } from './spans-table.ts';
import { blocks, rulerOf, timeline } from './timeline/timeline.ts';
import { hitsOf, rowsOf, type Shape, shapeOf } from './view.ts';

const STYLES = { timeline: ['waterfall', 'detail'], flame: ['flame'], spans: ['tables'] } as const;

export function tracePage(store: SpanStore): Hono {
  const app = new Hono();
  const addressOf = (c: Context): Address => readAddress(new URL(c.req.url).searchParams);
  const traceOf = (c: Context): Trace | undefined => store.get(parseTraceId(c.req.param('id') ?? '') ?? '');

  app.onError((error, c) => {
    if (!(error instanceof BadParameter)) throw error;
    const isPage = /^\/trace\/[^/]+$/.test(c.req.path);
    if (!isPage) return c.text(error.message, 400);
    const message = html`<p class="problem" role="alert">${error.message}</p>`;
    return c.html(messagePage('No such view of a trace', message, store.stats()), 400);
  });

  app.get('/:id', (c) => {
    const given = c.req.param('id');
    const pair = /^([^.]+)\.\.\.([^.]+)$/.exec(given);
    if (pair !== null) return comparePage(c, store, pair[1] ?? '', pair[2] ?? '');
    const id = parseTraceId(given);
    if (id === undefined) {
      const message = html`<p>A trace id is 1 to 32 hex digits. This is not one: <code>${shorten(given, 100)}</code></p>`;
      return c.html(messagePage('Not a trace id', message, store.stats()), 400);
    }
    const trace = store.get(id);
    if (trace === undefined) return c.html(missing(id), 404);
    return c.html(page(trace, addressOf(c), new URL(c.req.url).origin));
  });

  // Parts of an open page. Row positions are valid for one state of the trace only: 409 for any other.

  app.get('/:id/rows', (c) =>
    part(c, (trace, shape, address) => {
      const count = Math.min(parseRow(c.req.query('count') ?? '') ?? 0, 1000);
      return c.html(html`${blocks({ store, trace, shape, address }, address.from, count)}`);
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
    return c.html(spanDetail(store, trace, node, addressOf(c)));
  });

  // Polled by an open page to detect new spans.
  app.get('/:id/state', (c) => c.json({ spans: traceOf(c)?.spans.size ?? 0 }));

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
      script: 'trace/watch',
      body: html`<section class="message" data-watch="${id}" data-spans="0"><h1>No such trace</h1>
<p>No span of <code>${id}</code> is stored. If one arrives, this page shows it.
The trace may not have been sampled, or it is older than the ${formatCount(store.stats().spans, 'stored span')}.</p></section>`,
      stats: store.stats(),
    });

  function page(trace: Trace, address: Address, origin: string): Html {
    const shape = shapeOf(trace);
    const summary = summarize(trace);
    const hits = hitsOf(trace, rowsOf(shape, address.services), address.uiFind);
    const compare = compareForm(store, trace);
    const views = {
      timeline: () => timeline({ store, trace, shape, address }, hits),
      flame: () => flameView(shape, address),
      spans: () => spansView(trace, shape, address),
    };
    return layout({
      title: `${summary.rootOperation || 'Trace'} (${trace.id.slice(0, 7)})`,
      styles: ['trace', ...STYLES[address.view]],
      script: address.view === 'timeline' ? 'trace/trace' : 'trace/watch',
      body: html`${head({ trace, summary, shape, address, hits: hits.length, origin, compare })}
<section data-watch="${trace.id}" data-spans="${trace.spans.size}">${views[address.view]()}</section>`,
      stats: store.stats(),
    });
  }

  return app;
}
