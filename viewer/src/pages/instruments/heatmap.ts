import { html } from 'hono/html';
import type { Heat } from '../../analysis/metrics/heat.ts';
import type { Steps } from '../../analysis/metrics/lines.ts';
import type { Exemplar } from '../../model-metrics.ts';
import { formatCount, percent } from '../format.ts';
import type { Html } from '../layout.ts';
import { atTime, BOTTOM, TOP, timeAxis } from './chart.ts';

const ROW = 12;
const MIN_HEIGHT = 140;

export interface HeatmapOptions {
  steps: Steps;
  label: string;
  format: (value: number) => string;
  exemplars: readonly Exemplar[];
}

/** Counts by size and time, darker where there are more, with a dot per exemplar that opens its trace. */
export function heatmap(heat: Heat, { steps, label, format, exemplars }: HeatmapOptions): Html {
  const rows = heat.cells.length;
  const height = Math.max(MIN_HEIGHT, rows * ROW + TOP + BOTTOM);
  const size = (height - TOP - BOTTOM) / rows;
  const topOf = (row: number): number => TOP + (rows - 1 - row) * size;
  const cells = heat.cells.flatMap((counts, row) =>
    counts.flatMap((count, step) => (count > 0 ? [{ row, step, count }] : [])),
  );
  return html`<svg class="chart heat" height="${height}" role="group" aria-label="${label}">
${cells.map(
  ({ row, step, count }) =>
    html`<rect x="${percent(step / steps.count)}" width="${percent(1 / steps.count)}" y="${topOf(row).toFixed(1)}" height="${size.toFixed(1)}" fill-opacity="${(0.12 + 0.88 * Math.sqrt(count / heat.most)).toFixed(2)}"><title>${formatCount(Math.round(count) || 1, 'value')} from ${format(heat.edges[row] ?? 0)} to ${format(heat.edges[row + 1] ?? 0)}</title></rect>`,
)}
${edgeLabels(heat, rows).map(({ row, value }) => html`<text x="2" y="${(topOf(row) + 10).toFixed(1)}">${Number.isFinite(value) ? `≤ ${format(value)}` : `> ${format(heat.edges[row] ?? 0)}`}</text>`)}
${exemplars.map((exemplar) => {
  const { row, share } = placeOf(exemplar.value, heat.edges);
  const y = (topOf(row) + size * (1 - share)).toFixed(1);
  return html`<a href="${traceOf(exemplar)}" aria-label="Open the trace of a value of ${format(exemplar.value)}"><circle cx="${atTime(exemplar.timeMs, steps)}" cy="${y}" r="4.5"><title>${format(exemplar.value)}, trace ${exemplar.traceId.slice(0, 7)}</title></circle></a>`;
})}
${timeAxis(steps, height)}</svg>`;
}

export const traceOf = ({ traceId, spanId }: Exemplar): string =>
  spanId === '' ? `/trace/${traceId}` : `/trace/${traceId}?uiFind=${spanId}#s-${spanId}`;

/** The upper edges of the top, the middle and the bottom row. */
function edgeLabels({ edges }: Heat, rows: number): Array<{ row: number; value: number }> {
  const shown = [...new Set([rows - 1, Math.floor((rows - 1) / 2), 0])];
  return shown.map((row) => ({ row, value: edges[row + 1] ?? 0 }));
}

/** The row of a value, and its place between the edges of the row. */
function placeOf(value: number, edges: number[]): { row: number; share: number } {
  const above = edges.findIndex((edge, index) => index > 0 && value <= edge);
  const row = above < 0 ? edges.length - 2 : above - 1;
  const [lower = 0, upper = 0] = [edges[row], edges[row + 1]];
  const share = Number.isFinite(lower) && Number.isFinite(upper) ? (value - lower) / (upper - lower) : 0.5;
  return { row, share: Math.min(1, Math.max(0, share)) };
}
