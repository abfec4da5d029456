import { Hono } from 'hono';
import { html } from 'hono/html';
import { summarize } from '../../analysis/summary.ts';
import { BadParameter } from '../../api/params.ts';
import type { Ports } from '../../config.ts';
import { checkLimit, findTraces, SearchTooDeep } from '../../store/search.ts';
import type { Stores } from '../../store/stores.ts';
import { colourClass } from '../colour.ts';
import { formatAgo, formatCount, formatDuration, formatTime, percent, shorten, toDate } from '../format.ts';
import { type Html, layout, storeState } from '../layout.ts';
import { emptyStore } from './empty.ts';
import { importForm } from './import.ts';
import { type Point, scatter } from './scatter.ts';
import { type Fields, queryOf, readFields, searchForm, toQuery } from './search-form.ts';

/** Maximum number of results on a page. */
const MAX_SHOWN = 1500;

export interface SearchDeps {
  stores: Stores;
  ports: () => Ports;
  now: () => Date;
}

export function searchPage({ stores, ports, now }: SearchDeps): Hono {
  const app = new Hono();
  const store = stores.traces;

  app.get('/', (c) => {
    const url = new URL(c.req.url);
    const fields = readFields(url.searchParams);
    const { content, status } = answer(fields, url.hostname);
    const live = status === 200 ? html` data-live="/search/results${url.search}" data-version="${store.version}"` : '';
    const body = html`<h1 class="hidden">Search traces</h1><div class="bar">${searchForm(store, fields)}<details class="menu files"><summary>Import</summary>${importForm()}</details></div>
<section id="results" aria-live="off"${live}>${content}</section>`;
    return c.html(layout({ title: 'Traces', at: '/search', styles: ['search'], script: 'search', body }), status);
  });

  // Polled by the page. Returns 204 without a body if nothing has changed since `since`.
  app.get('/results', (c) => {
    const url = new URL(c.req.url);
    c.header('x-store-version', String(store.version));
    if (url.searchParams.get('since') === String(store.version)) return c.body(null, 204);
    const { content, status } = answer(readFields(url.searchParams), url.hostname);
    return c.html(content, status);
  });

  /** Shared by the page and its polled results. */
  function answer(fields: Fields, hostname: string): { content: Html; status: 200 | 400 } {
    try {
      return { content: results(fields, hostname), status: 200 };
    } catch (error) {
      if (!(error instanceof BadParameter || error instanceof SearchTooDeep)) throw error;
      return { content: html`<p class="problem" role="alert">${error.message}</p>`, status: 400 };
    }
  }

  function results(fields: Fields, hostname: string): Html {
    const at = now();
    const asked = toQuery(fields, at);
    checkLimit(store, asked);
    const query = { ...asked, limit: Math.min(asked.limit, MAX_SHOWN) };
    if (store.stats().traces === 0) return emptyStore(ports(), hostname, stores.stats());
    const points = findTraces(store, query).map((trace) => ({ trace, summary: summarize(trace) }));
    const longest = points.reduce((max, { trace }) => Math.max(max, Number(trace.endNano - trace.startNano)), 1);
    const full = points.length === query.limit ? ', the newest; there may be more' : '';
    return html`${scatter(points, query, at)}
<p class="found"><span>${points.length === 0 ? html`No trace matches. Widen the window, or remove conditions.` : html`${formatCount(points.length, 'trace')}${full}`}</span></p>
<ol class="traces">${points.map((point) => result(point, longest, at, fields))}</ol>
${storeState(stores.stats())}`;
  }

  return app;
}

function result({ trace, summary }: Point, longest: number, now: Date, fields: Fields): Html {
  const nanos = trace.endNano - trace.startNano;
  const name = summary.rootOperation || '(root span not stored)';
  return html`<li${summary.errors > 0 ? html` class="err"` : ''} data-id="${trace.id}">
<svg class="share" aria-hidden="true"><rect width="${percent(Number(nanos) / longest)}" height="100%"/></svg>
<a href="/trace/${trace.id}"><b class="svc ${colourClass(summary.rootService)}">${shorten(summary.rootService, 60)}</b> ${shorten(name, 120)}</a>
<span class="dur">${formatDuration(nanos)}</span>
<span class="facts">${formatCount(summary.spans, 'span')}${summary.errors > 0 ? html` <span class="bad">${formatCount(summary.errors, 'error')}</span>` : ''}${summary.orphans > 0 ? html` <span class="warn" title="spans whose parent is not stored">${formatCount(summary.orphans, 'orphan')}</span>` : ''}
${summary.services.slice(0, 12).map(({ name, spans, errors }) => html`<a class="chip ${colourClass(name)}" href="/search?${queryOf({ ...fields, service: name, operation: '' })}" title="Only traces with this service${errors > 0 ? `; it has ${formatCount(errors, 'error')} here` : ''}" tabindex="-1">${shorten(name, 40)} ${spans}</a>`)}</span>
<span class="when"><time datetime="${toDate(trace.startNano).toISOString()}" title="${formatTime(trace.startNano)}">${formatAgo(trace.startNano, now)}</time> <code>${trace.id.slice(0, 7)}</code></span>
</li>`;
}
