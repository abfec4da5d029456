import { html } from 'hono/html';
import type { Line, Steps } from '../../analysis/metrics/lines.ts';
import { formatDuration, percent } from '../format.ts';
import type { Html } from '../layout.ts';

/** Where the plot begins and ends, in pixels from the top. */
export const TOP = 10;
export const BOTTOM = 24;
/** Lines in one chart; more cannot be told apart. */
export const MAX_LINES = 8;
/** Steps through the sixteen colours that differ most. */
export const lineColour = (index: number): string => `c${(index * 5 + 3) % 16}`;

/** Lines over time. Their text alternative is `label`; the table beside them has the values. */
export function lineChart(
  lines: ReadonlyArray<Pick<Line, 'values'>>,
  { steps, label, format, height }: { steps: Steps; label: string; format: (value: number) => string; height: number },
): Html {
  const known = lines.flatMap(({ values }) => values.filter((value) => value !== undefined));
  const low = Math.min(0, ...known);
  // Zero is always in view; a chart of zeros alone ends at 1.
  const high = Math.max(0, ...known) || (low < 0 ? 0 : 1);
  const y = (value: number): number => (1 - (value - low) / (high - low)) * 100;
  return html`<svg class="chart" height="${height}" role="img" aria-label="${label}">
${axis([high, (high + low) / 2, low], height, format)}
<svg y="${TOP}" width="100%" height="${height - TOP - BOTTOM}" viewBox="0 0 ${steps.count - 1} 100" preserveAspectRatio="none" overflow="visible">${lines.map(
    ({ values }, index) =>
      html`<path class="${lineColour(index)}" d="${pathOf(values, y)}" vector-effect="non-scaling-stroke"/>`,
  )}</svg>
${timeAxis(steps, height)}</svg>`;
}

function axis(values: number[], height: number, format: (value: number) => string): Html[] {
  const room = height - TOP - BOTTOM;
  return values.map((value, index) => {
    const at = (TOP + (room * index) / (values.length - 1)).toFixed(1);
    return html`<line class="grid" x1="0" x2="100%" y1="${at}" y2="${at}"/><text x="2" y="${at}" dy="-2">${format(value)}</text>`;
  });
}

export const timeAxis = ({ fromMs, toMs }: Steps, height: number): Html =>
  html`<text x="2" y="${height - 6}">${formatDuration((toMs - fromMs) * 1e6).replace(/ 0 (s|min)$/, '')} ago</text><text x="100%" dx="-2" y="${height - 6}" text-anchor="end">now</text>`;

/** A gap where nothing is known; a single point becomes a short stroke. */
function pathOf(values: Array<number | undefined>, y: (value: number) => number): string {
  let path = '';
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue;
    const before = index > 0 ? values[index - 1] : undefined;
    path += `${before === undefined ? 'M' : 'L'}${index} ${y(value).toFixed(2)}`;
    if (before === undefined && values[index + 1] === undefined) path += 'h0.3';
  }
  return path;
}

/** The share of the width at a time. */
export const atTime = (ms: number, { fromMs, toMs }: Steps): string => percent((ms - fromMs) / (toMs - fromMs));
