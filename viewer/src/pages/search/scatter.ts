import { html } from 'hono/html';
import type { TraceSummary } from '../../analysis/summary.ts';
import type { Trace } from '../../store/trace.ts';
import { formatDuration, formatTime, percent } from '../format.ts';
import type { Html } from '../layout.ts';
import type { Window } from './window.ts';

const HEIGHT = 120;
const TOP = 14;
const BOTTOM = 102;

export interface Point {
  trace: Trace;
  summary: TraceSummary;
}

/** Scatter plot of duration (logarithmic) over time, newest on the right. Points link to their traces. */
export function scatter(points: Point[], { startMin = 0n, startMax }: Partial<Window>, now: Date): Html | '' {
  if (points.length === 0) return '';
  const nanos = points.map(({ trace }) => Math.max(1000, Number(trace.endNano - trace.startNano)));
  const low = Math.log10(least(nanos));
  const high = Math.max(Math.log10(greatest(nanos)), low + 0.3);
  const y = (value: number): number => BOTTOM - ((Math.log10(value) - low) / (high - low)) * (BOTTOM - TOP);
  // The oldest result sets the left edge when the window is mostly empty.
  const right = startMax ?? BigInt(now.getTime()) * 1_000_000n;
  const ages = points.map(({ trace }) => Math.max(0, Number(right - trace.startNano) / 1e9));
  const oldest = Math.min(Number(right - startMin) / 1e9, Math.max(10, greatest(ages) * 1.05));
  return html`<svg class="scatter" height="${HEIGHT}" role="group" aria-label="Durations of the traces found, over time">
${[10 ** high, 10 ** ((high + low) / 2), 10 ** low].map(
  (value) =>
    html`<line x1="0" x2="100%" y1="${y(value)}" y2="${y(value)}"/><text x="4" y="${y(value) - 3}">${formatDuration(value)}</text>`,
)}
<text x="4" y="${HEIGHT - 4}">${formatDuration(oldest * 1e9)} ${startMax === undefined ? 'ago' : 'earlier'}</text><text x="100%" dx="-4" y="${HEIGHT - 4}" text-anchor="end">${startMax === undefined ? 'now' : formatTime(startMax).slice(0, 19)}</text>
${points.map(({ trace, summary }, index) => {
  const share = 1 - (ages[index] ?? 0) / oldest;
  const radius = Math.min(10, 3 + Math.sqrt(summary.spans) / 3).toFixed(1);
  return html`<a href="/trace/${trace.id}" tabindex="-1"><circle cx="${percent(0.08 + share * 0.9)}" cy="${y(nanos[index] ?? 1).toFixed(1)}" r="${radius}"${summary.errors > 0 ? html` class="err"` : ''}><title>${summary.rootService} ${summary.rootOperation}: ${formatDuration(nanos[index] ?? 0)}, ${summary.spans} spans${summary.errors > 0 ? `, ${summary.errors} errors` : ''}</title></circle></a>`;
})}
</svg>`;
}

const least = (values: number[]): number => values.reduce((a, b) => Math.min(a, b));
const greatest = (values: number[]): number => values.reduce((a, b) => Math.max(a, b));
