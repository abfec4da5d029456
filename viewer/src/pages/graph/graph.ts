import { Hono } from 'hono';
import { html } from 'hono/html';
import { type Edge, type Graph, percentile, serviceGraph } from '../../analysis/graph.ts';
import type { SpanStore } from '../../store/store.ts';
import { colourClass } from '../colour.ts';
import { formatCount, formatDuration, shorten } from '../format.ts';
import { type Html, layout } from '../layout.ts';
import { LOOKBACKS, lookbackSeconds } from '../search/search-form.ts';
import { NODE_HEIGHT, NODE_WIDTH, placeGraph } from './graph-layout.ts';

/** More services than this are no picture any more: the table has them all. */
const MAX_DRAWN = 60;
const MAX_LISTED = 1000;

export function graphPage(store: SpanStore, now: () => Date): Hono {
  const app = new Hono();
  app.get('/', (c) => {
    const lookback = c.req.query('lookback') ?? 'all';
    const since = BigInt(now().getTime() - lookbackSeconds(lookback) * 1000) * 1_000_000n;
    const graph = serviceGraph(store, lookback === 'all' ? {} : { startMin: since });
    const body = html`<h1>Services</h1>
<form class="fields"><label>Window<select name="lookback"><option value="all">all that is stored</option>${LOOKBACKS.map(
      ([value, label]) => html`<option value="${value}"${value === lookback ? html` selected` : ''}>${label}</option>`,
    )}</select></label><button>Show</button></form>
${graph.services.length === 0 ? html`<p class="found">No spans in this window.</p>` : html`${graph.services.length <= MAX_DRAWN ? picture(graph) : ''}${edgeTable(graph)}${serviceTable(graph)}`}`;
    return c.html(
      layout({ title: 'Services', at: '/dependencies', styles: ['graph', 'tables'], body, stats: store.stats() }),
    );
  });
  return app;
}

function picture(graph: Graph): Html {
  const { nodes, edges, width, height } = placeGraph(graph);
  return html`<div class="scroll"><svg class="graph" width="${width}" height="${height}" role="group" aria-label="Which service calls which; the table below says the same">
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path d="M0,0 L8,4 L0,8 z"/></marker></defs>
${edges.map(({ edge, path, x, y }) => {
  const [first, second] = label(edge);
  return html`<g class="edge ${edge.via}${edge.errors > 0 ? ' err' : ''}"><path d="${path}" marker-end="url(#arrow)"/><text text-anchor="middle"><tspan x="${x}" y="${y - 7}">${first}</tspan><tspan x="${x}" y="${y + 7}">${second}</tspan></text></g>`;
})}
${nodes.map(
  ({
    service,
    x,
    y,
  }) => html`<a href="/search?service=${encodeURIComponent(service.name)}"><g class="node"><rect class="box" x="${x}" y="${y}" width="${NODE_WIDTH}" height="${NODE_HEIGHT}" rx="6"/><rect class="${colourClass(service.name)}" x="${x}" y="${y}" width="6" height="${NODE_HEIGHT}" rx="3"/>
<text class="title" x="${x + 16}" y="${y + 20}">${shorten(service.name, 20)}<title>${service.name}</title></text><text x="${x + 16}" y="${y + 37}">${formatCount(service.spans, 'span')}${service.errors > 0 ? `, ${formatCount(service.errors, 'error')}` : ''}</text></g></a>`,
)}
</svg></div>`;
}

/** Two lines: what passes, and how it goes. */
function label(edge: Edge): [string, string] {
  const queue = shorten([...edge.queues].join(', '), 22) || 'queue';
  const passes = edge.via === 'queue' ? `${queue}: ${formatCount(edge.calls, 'job')}` : formatCount(edge.calls, 'call');
  const median = formatPercentile(edge.durations, 0.5);
  return [passes, edge.errors > 0 ? `${median}, ${errorRate(edge)}` : median];
}

const errorRate = ({ errors, calls }: { errors: number; calls: number }): string =>
  errors === 0 ? '0 %' : `${((errors / calls) * 100).toFixed(errors / calls < 0.1 ? 1 : 0)} % errors`;

function formatPercentile(sorted: readonly number[], share: number): string {
  const value = percentile(sorted, share);
  return value === undefined ? '' : formatDuration(value);
}

const edgeTable = ({ edges }: Graph): Html =>
  html`<h2>Calls</h2>${
    edges.length === 0
      ? html`<p class="found">No service calls another one.</p>`
      : html`<div class="scroll"><table class="numbers"><thead><tr><th>From</th><th>To</th><th>Over</th><th>Calls</th><th>Errors</th><th>Median</th><th>95 %</th><th>Median wait</th><th>95 % wait</th></tr></thead><tbody>${edges
          .slice(0, MAX_LISTED)
          .map(
            (
              edge,
            ) => html`<tr><td><span class="chip ${colourClass(edge.from)}">${shorten(edge.from, 40)}</span></td><td><span class="chip ${colourClass(edge.to)}">${shorten(edge.to, 40)}</span></td>
<td>${edge.via === 'queue' ? html`queue ${[...edge.queues].join(', ')}` : 'call'}</td><td>${edge.calls}</td><td${edge.errors > 0 ? html` class="bad"` : ''}>${errorRate(edge)}</td>
<td>${formatPercentile(edge.durations, 0.5)}</td><td>${formatPercentile(edge.durations, 0.95)}</td><td>${formatPercentile(edge.waits, 0.5)}</td><td>${formatPercentile(edge.waits, 0.95)}</td></tr>`,
          )}</tbody></table></div>`
  }`;

const serviceTable = ({ services }: Graph): Html =>
  html`<h2>Services</h2><div class="scroll"><table class="numbers"><thead><tr><th>Service</th><th>Spans</th><th>Errors</th></tr></thead><tbody>${services
    .slice(0, MAX_LISTED)
    .map(
      (service) =>
        html`<tr><td><a href="/search?service=${encodeURIComponent(service.name)}"><span class="chip ${colourClass(service.name)}">${shorten(service.name, 60)}</span></a></td><td>${service.spans}</td><td${service.errors > 0 ? html` class="bad"` : ''}>${errorRate({ errors: service.errors, calls: service.spans })}</td></tr>`,
    )}</tbody></table></div>`;
