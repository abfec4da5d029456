import { Hono } from 'hono';
import { html } from 'hono/html';
import { type Graph, serviceGraph } from '../../analysis/graph.ts';
import { BadParameter } from '../../api/params.ts';
import type { Stores } from '../../store/stores.ts';
import { shorten } from '../format.ts';
import { type Html, layout } from '../layout.ts';
import { LOOKBACKS, lookbackName, lookbackSeconds } from '../search/window.ts';
import { boxes } from './boxes.ts';
import { circle } from './circle.ts';
import { edgeTable, serviceTable } from './tables.ts';

/** The window that starts at the oldest span. */
const ALL = 'all';
/** With more services the graph is unreadable; the table lists them all. */
const MAX_DRAWN = 60;
/** With more edges the labels overlap. */
const MAX_LABELLED = 24;

export function graphPage(stores: Stores, now: () => Date): Hono {
  const app = new Hono();
  const store = stores.traces;
  app.get('/', (c) => {
    const lookback = c.req.query('lookback') || ALL;
    const focus = c.req.query('focus') ?? '';
    let content: Html;
    let status: 200 | 400 = 200;
    try {
      content = graphOf(lookback, focus);
    } catch (error) {
      if (!(error instanceof BadParameter)) throw error;
      content = html`<p class="problem" role="alert">${error.message}</p>`;
      status = 400;
    }
    const body = html`<h1>Services</h1>
<form class="fields"><label>Window<select name="lookback"><option value="${ALL}">all that is stored</option>${[
      ...new Set([...LOOKBACKS, ...(lookback === ALL ? [] : [lookback])]),
    ].map(
      (value) =>
        html`<option value="${value}"${value === lookback ? html` selected` : ''}>${lookbackName(value)}</option>`,
    )}</select></label>${focus === '' ? '' : html`<input type="hidden" name="focus" value="${focus}">`}<button>Show</button></form>
${content}`;
    const page = { title: 'Services', at: '/dependencies', script: 'graph', body, stats: stores.stats() } as const;
    return c.html(layout({ ...page, styles: ['graph', 'tables'] }), status);
  });

  function graphOf(lookback: string, focus: string): Html {
    const seconds = lookback === ALL ? undefined : lookbackSeconds(lookback);
    const whole = serviceGraph(
      store,
      seconds === undefined ? 0n : BigInt(Math.floor(now().getTime() - seconds * 1000)) * 1_000_000n,
    );
    const graph = focus === '' ? whole : around(whole, focus);
    if (graph.services.length === 0)
      return html`<p class="found">No spans${focus === '' ? '' : html` of ${shorten(focus, 100)}`} in this window.</p>`;
    const link = (service: string): string =>
      `?${new URLSearchParams({ ...(lookback === ALL ? {} : { lookback }), ...(service === '' ? {} : { focus: service }) })}`;
    return html`${focus === '' ? '' : html`<p>${shorten(focus, 100)}, what calls it, and what it calls. <a href="${link('')}">All services</a> <a href="/search?service=${encodeURIComponent(focus)}">Its traces</a></p>`}
${graph.services.length <= MAX_DRAWN ? (graph.edges.length <= MAX_LABELLED ? boxes : circle)(graph, link) : html`<p class="found">${graph.services.length} services are too many to draw: choose one in the table.</p>`}${edgeTable(graph)}${serviceTable(graph, link)}`;
  }

  return app;
}

/** A service and its direct neighbours. */
function around({ services, edges }: Graph, name: string): Graph {
  const near = edges.filter(({ from, to }) => from === name || to === name);
  const names = new Set([name, ...near.flatMap(({ from, to }) => [from, to])]);
  return services.some((service) => service.name === name)
    ? { services: services.filter((service) => names.has(service.name)), edges: near }
    : { services: [], edges: [] };
}
