import { Hono } from 'hono';
import { html } from 'hono/html';
import { summarize } from '../../analysis/summary.ts';
import { BadParameter, parseTraceId } from '../../api/params.ts';
import type { Stores } from '../../store/stores.ts';
import type { Trace } from '../../store/trace.ts';
import { compareForm, comparePage } from '../compare/compare.ts';
import { formatCount, shorten } from '../format.ts';
import { type Html, layout, messagePage } from '../layout.ts';
import type { Address } from './address.ts';
import { traceFileRoutes } from './files.ts';
import { flameView } from './flame.ts';
import { head } from './head.ts';
import { logSection } from './log-lines.ts';
import { tracePartRoutes } from './parts.ts';
import { addressOf, sourceOf } from './request.ts';
import { spansView } from './spans-table.ts';
import { timeline } from './timeline/timeline.ts';
import { hitsOf, rowsOf, shapeOf } from './view.ts';

const STYLES = { timeline: ['waterfall', 'detail', 'logs'], flame: ['flame'], spans: ['tables'] } as const;

export function tracePage(stores: Stores): Hono {
  const app = new Hono();
  const store = stores.traces;

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

  tracePartRoutes(app, stores);
  traceFileRoutes(app, stores);

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
      timeline: () => timeline(sourceOf(stores, trace, address), hits),
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
