import { html } from 'hono/html';
import type { Graph } from '../../analysis/graph.ts';
import { colourClass } from '../colour.ts';
import { shorten } from '../format.ts';
import type { Html } from '../layout.ts';
import { errorRate, formatPercentile } from './numbers.ts';

const MAX_LISTED = 1000;
const EDGE_COLUMNS = ['From', 'To', 'Over', 'Calls', 'Errors', 'Median', '95 %', 'Median wait', '95 % wait'];

export const edgeTable = ({ edges }: Graph): Html =>
  html`<h2>Calls</h2>${
    edges.length === 0
      ? html`<p class="found">No service calls another one.</p>`
      : html`<div class="scroll" tabindex="0" role="region" aria-label="Calls"><table class="numbers"><thead><tr>${EDGE_COLUMNS.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${edges
          .slice(0, MAX_LISTED)
          .map(
            (
              edge,
            ) => html`<tr><td><span class="chip ${colourClass(edge.from)}">${shorten(edge.from, 40)}</span></td><td><span class="chip ${colourClass(edge.to)}">${shorten(edge.to, 40)}</span></td>
<td>${edge.via === 'queue' ? html`queue ${[...edge.queues].join(', ')}` : 'call'}</td><td>${edge.calls}</td><td${edge.errors > 0 ? html` class="bad"` : ''}>${errorRate(edge)}</td>
<td>${formatPercentile(edge.durations, 0.5)}</td><td>${formatPercentile(edge.durations, 0.95)}</td><td>${formatPercentile(edge.waits, 0.5)}</td><td>${formatPercentile(edge.waits, 0.95)}</td></tr>`,
          )}</tbody></table></div>`
  }`;

export const serviceTable = ({ services }: Graph, link: (service: string) => string): Html =>
  html`<h2>Services</h2><div class="scroll" tabindex="0" role="region" aria-label="Services"><table class="numbers"><thead><tr><th scope="col">Service</th><th scope="col">Spans</th><th scope="col">Errors</th><th scope="col">Traces</th></tr></thead><tbody>${services
    .slice(0, MAX_LISTED)
    .map(
      (service) =>
        html`<tr><td><a href="${link(service.name)}"><span class="chip ${colourClass(service.name)}">${shorten(service.name, 60)}</span></a></td><td>${service.spans}</td><td${service.errors > 0 ? html` class="bad"` : ''}>${errorRate({ errors: service.errors, calls: service.spans })}</td><td><a href="/search?service=${encodeURIComponent(service.name)}">traces</a></td></tr>`,
    )}</tbody></table></div>`;
