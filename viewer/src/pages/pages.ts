import { Hono } from 'hono';
import { html } from 'hono/html';
import { parseTraceId } from '../api/params.ts';
import type { Ports } from '../config.ts';
import type { Ingest } from '../otlp/ingest.ts';
import type { Stores } from '../store/stores.ts';
import { assets } from './assets.ts';
import { compareRedirect } from './compare/compare.ts';
import { shorten } from './format.ts';
import { graphPage } from './graph/graph.ts';
import { instrumentsPage } from './instruments/instruments.ts';
import { messagePage } from './layout.ts';
import { logsPage } from './logs/logs.ts';
import { importPage } from './search/import.ts';
import { searchPage } from './search/search.ts';
import { tracePage } from './trace/trace.ts';

export interface PageDeps {
  stores: Stores;
  ingest: Ingest;
  /** The bound ports. */
  ports: () => Ports;
  now: () => Date;
  /** Ends the pages that follow the logs. */
  stopping: AbortSignal;
}

/** The pages, at the same paths as Jaeger's. */
export function pages({ stores, ingest, ports, now, stopping }: PageDeps): Hono {
  const app = new Hono();

  app.get('/', (c) => c.redirect('/search'));
  app.route('/search', searchPage({ stores, ports, now }));
  app.route('/import', importPage(stores, ingest));
  app.route('/trace', tracePage(stores));
  app.route('/logs', logsPage({ stores, ports, now, stopping }));
  app.route('/instruments', instrumentsPage({ stores, ports, now }));
  app.route('/dependencies', graphPage(stores, now));
  app.route('/assets', assets());

  app.get('/compare', (c) => compareRedirect(c, stores));

  app.get('/lookup', (c) => {
    const text = c.req.query('id')?.trim() ?? '';
    // A complete traceparent header also names the span.
    const [, traceId, spanId] = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/i.exec(text) ?? [];
    if (traceId !== undefined) return c.redirect(`/trace/${traceId.toLowerCase()}?uiFind=${spanId?.toLowerCase()}`);
    const id = parseTraceId(text);
    if (id !== undefined) return c.redirect(`/trace/${id}`);
    const message = html`<p><code>${shorten(text, 100)}</code> is neither a trace id (1 to 32 hex digits) nor a traceparent.</p>`;
    return c.html(messagePage('Not a trace id', message, stores.stats()), 400);
  });

  app.all('/*', (c) => {
    const message = html`<p>Go to the <a href="/search">traces</a> or the <a href="/dependencies">services</a>.</p>`;
    return c.html(messagePage('There is no such page', message, stores.stats()), 404);
  });

  return app;
}
