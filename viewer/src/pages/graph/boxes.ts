import { html } from 'hono/html';
import type { Graph } from '../../analysis/graph.ts';
import { colourClass } from '../colour.ts';
import { formatCount, shorten } from '../format.ts';
import type { Html } from '../layout.ts';
import { ARROW } from './arrow.ts';
import { NODE_HEIGHT, NODE_WIDTH, placeGraph } from './graph-layout.ts';
import { edgeLabel } from './numbers.ts';

/** Boxes in columns with every edge labelled. `link` returns the URL of a service and its neighbours. */
export function boxes(graph: Graph, link: (service: string) => string): Html {
  const { nodes, edges, width, height } = placeGraph(graph);
  const number = new Map(nodes.map(({ service }, index) => [service.name, index]));
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Graph of the services"><svg class="graph" width="${width}" height="${height}" role="group" aria-label="Which service calls which; the table below has the same data">
${ARROW}
${edges.map(({ edge, path, x, y }) => {
  const [first, second] = edgeLabel(edge);
  return html`<g class="edge ${edge.via}${edge.errors > 0 ? ' err' : ''}" data-from="${number.get(edge.from)}" data-to="${number.get(edge.to)}"><path d="${path}" marker-end="url(#arrow)"/><text class="label" text-anchor="middle"><tspan x="${x}" y="${y - 7}">${first}</tspan><tspan x="${x}" y="${y + 7}">${second}</tspan></text></g>`;
})}
${nodes.map(
  (
    { service, x, y },
    index,
  ) => html`<g class="node" data-node="${index}"><a href="${link(service.name)}"><rect class="box" x="${x}" y="${y}" width="${NODE_WIDTH}" height="${NODE_HEIGHT}" rx="6"/><rect class="${colourClass(service.name)}" x="${x}" y="${y}" width="6" height="${NODE_HEIGHT}" rx="3"/>
<text class="title" x="${x + 16}" y="${y + 20}">${shorten(service.name, 20)}<title>${service.name}</title></text></a><a href="/search?service=${encodeURIComponent(service.name)}"><text x="${x + 16}" y="${y + 37}">${formatCount(service.spans, 'span')}${service.errors > 0 ? `, ${formatCount(service.errors, 'error')}` : ''}</text></a></g>`,
)}
</svg></div>`;
}
