import { html } from 'hono/html';
import { heatOf, overall, quantiles } from '../../analysis/metrics/heat.ts';
import { type Line, linesOf, type Steps, totalOf } from '../../analysis/metrics/lines.ts';
import type { Instrument } from '../../store/metrics/metric-store.ts';
import { formatCount, shorten } from '../format.ts';
import type { Html } from '../layout.ts';
import { lineChart } from './chart.ts';
import { formatNumber, formatValue, nounOf } from './units.ts';

const HEIGHT = 96;

/** The newest value of an instrument in words, and what a small chart shows. */
export interface Summary {
  now: string;
  /** What the lines mean. */
  meaning: string;
  lines: Array<Pick<Line, 'values'>>;
}

export function summaryOf(instrument: Instrument, steps: Steps): Summary {
  const { kind, unit } = instrument;
  if (kind === 'histogram') {
    const heat = heatOf(instrument, steps);
    const [half, most] = [overall(heat, 0.5), overall(heat, 0.95)];
    const text = (value: number | undefined): string => (value === undefined ? 'nothing' : formatValue(value, unit));
    return {
      now: heat.count < 0.5 ? 'no values' : `${text(half)} median, ${text(most)} p95`,
      meaning: `median and 95th percentile of ${formatCount(Math.round(heat.count), 'value')}`,
      lines: [{ values: quantiles(heat, 0.5, steps.count) }, { values: quantiles(heat, 0.95, steps.count) }],
    };
  }
  const lines = linesOf(instrument, steps);
  const total = totalOf(lines, kind, steps);
  const last = total.findLast((value) => value !== undefined);
  const values = [{ values: total }];
  if (kind === 'rate') {
    const noun = nounOf(unit);
    const now =
      last === undefined
        ? 'nothing'
        : `${unit === 'By' || unit === 's' ? formatValue(last, unit) : formatNumber(last)} per second`;
    return { now, meaning: `${noun === '' ? 'change' : noun} per second`, lines: values };
  }
  const meaning = kind === 'level' && lines.length > 1 ? `mean of ${lines.length} lines` : 'value';
  return { now: last === undefined ? 'nothing' : formatValue(last, unit), meaning, lines: values };
}

/** One small chart per instrument, below its service. */
export function overview(instruments: Instrument[], steps: Steps, hrefOf: (instrument: Instrument) => string): Html {
  const services = Map.groupBy(instruments, ({ service }) => service);
  return html`${[...services].map(
    ([service, own]) =>
      html`<section><h2>${shorten(service, 100)}</h2><ul class="cards">${own.map((instrument) => {
        const { now, meaning, lines } = summaryOf(instrument, steps);
        const { name, description, unit, kind } = instrument;
        const format = (value: number): string => (kind === 'rate' ? formatNumber(value) : formatValue(value, unit));
        return html`<li><a href="${hrefOf(instrument)}"><h3>${shorten(name, 120)}</h3></a>
<p class="now">${now}</p>${lineChart(lines, { steps, label: `${shorten(name, 120)}: ${meaning}`, format, height: HEIGHT })}
<p class="dim">${shorten(description, 160) || meaning}</p></li>`;
      })}</ul></section>`,
  )}`;
}
