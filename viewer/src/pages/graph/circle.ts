import { html } from 'hono/html';
import type { Edge, Graph } from '../../analysis/graph.ts';
import { colourClass } from '../colour.ts';
import { formatCount, shorten } from '../format.ts';
import type { Html } from '../layout.ts';
import { ARROW } from './arrow.ts';
import { columnsOf } from './graph-layout.ts';
import { edgeLabel } from './numbers.ts';

/** Space for the names around the circle. */
const MARGIN = 150;
const MIN_RADIUS = 230;
const SPACING = 26;
const GAP = 12;

interface Point {
  x: number;
  y: number;
}

/**
 * Services on a circle with their calls across it, for graphs with too many edges to label. Hovering a service
 * highlights it and labels the other ends of its edges.
 */
export function circle({ services, edges }: Graph, link: (service: string) => string): Html {
  const columns = columnsOf(services, edges);
  // Place callers next to each other, followed by their callees.
  const order = services.toSorted((a, b) => (columns.get(a.name) ?? 0) - (columns.get(b.name) ?? 0));
  const radius = Math.max(MIN_RADIUS, (order.length * SPACING) / (2 * Math.PI));
  const center = radius + MARGIN;
  const angles = new Map(order.map(({ name }, index) => [name, (index / order.length) * 2 * Math.PI - Math.PI / 2]));
  const at = (service: string, distance: number): Point => {
    const angle = angles.get(service) ?? 0;
    return { x: center + Math.cos(angle) * distance, y: center + Math.sin(angle) * distance };
  };
  const number = new Map(order.map(({ name }, index) => [name, index]));
  const most = edges.reduce((max, edge) => Math.max(max, edge.calls), 1);

  const edgeHtml = (edge: Edge): Html => {
    const [from, to] = [at(edge.from, radius - GAP), at(edge.to, radius - GAP)];
    const path =
      edge.from === edge.to
        ? `M${point(from)} C${point(at(edge.from, radius * 0.7))} ${point({ x: center, y: center })} ${point(to)}`
        : `M${point(from)} Q${point({ x: center, y: center })} ${point(to)}`;
    const weight = (1 + (3 * Math.log1p(edge.calls)) / Math.log1p(most)).toFixed(1);
    const [text] = edgeLabel(edge);
    return html`<g class="edge ${edge.via}${edge.errors > 0 ? ' err' : ''}" data-from="${number.get(edge.from)}" data-to="${number.get(edge.to)}"><path d="${path}" stroke-width="${weight}" marker-end="url(#arrow)"/>${labelAt('at-to', edge.to, 0.88, text)}${labelAt('at-from', edge.from, 0.78, text)}</g>`;
  };
  const labelAt = (end: string, service: string, share: number, text: string): Html => {
    const { x, y } = at(service, radius * share);
    return html`<text class="label ${end}" x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="middle">${text}</text>`;
  };

  return html`<div class="scroll" tabindex="0" role="region" aria-label="Graph of the services"><svg class="graph crowded" width="${center * 2}" height="${center * 2}" role="group" aria-label="Which service calls which; the table below has the same data">
${ARROW}${edges.map(edgeHtml)}
${order.map(({ name, spans, errors }, index) => {
  const angle = angles.get(name) ?? 0;
  const flipped = Math.cos(angle) < 0;
  const { x, y } = at(name, radius);
  const turn = ((angle * 180) / Math.PI + (flipped ? 180 : 0)).toFixed(1);
  const facts = `${formatCount(spans, 'span')}${errors > 0 ? `, ${formatCount(errors, 'error')}` : ''}`;
  return html`<g class="node" data-node="${index}"><a href="${link(name)}"><circle class="${colourClass(name)}" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="6"/><text class="title" transform="translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${turn})" x="${flipped ? -GAP : GAP}" y="4" text-anchor="${flipped ? 'end' : 'start'}">${shorten(name, 20)}<title>${name}: ${facts}</title></text></a></g>`;
})}
</svg></div>`;
}

const point = ({ x, y }: Point): string => `${x.toFixed(1)},${y.toFixed(1)}`;
