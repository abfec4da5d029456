import { html } from 'hono/html';
import { heatOf } from '../../analysis/metrics/heat.ts';
import { type Line, linesOf, type Steps } from '../../analysis/metrics/lines.ts';
import type { Exemplar } from '../../model-metrics.ts';
import type { Instrument } from '../../store/metrics/metric-store.ts';
import type { Stores } from '../../store/stores.ts';
import { formatCount, formatTime, shorten } from '../format.ts';
import type { Html } from '../layout.ts';
import { lineChart, lineColour, MAX_LINES } from './chart.ts';
import { heatmap, traceOf } from './heatmap.ts';
import { summaryOf } from './overview.ts';
import { formatNumber, formatValue, nounOf } from './units.ts';

const HEIGHT = 240;
const MAX_LISTED = 100;
const MAX_EXEMPLARS = 300;

/** A large chart of one instrument, with a table of its lines or its exemplars. */
export function detail(stores: Stores, instrument: Instrument, steps: Steps): Html {
  const { name, service, description, unit, kind, series } = instrument;
  const format = (value: number): string => (kind === 'rate' ? formatNumber(value) : formatValue(value, unit));
  const exemplars = series
    .flatMap((one) => one.exemplars)
    .filter(({ timeMs }) => timeMs >= steps.fromMs && timeMs <= steps.toMs)
    .sort((a, b) => b.timeMs - a.timeMs)
    .slice(0, MAX_EXEMPLARS);
  const { now, meaning } = summaryOf(instrument, steps);
  const chart = kind === 'histogram' ? distribution() : lines();
  return html`<p class="now">${now}</p><p>${shorten(description, 500)}</p>${chart}${exemplarTable(exemplars, stores, format)}`;

  function distribution(): Html {
    const heat = heatOf(instrument, steps);
    if (heat.cells.length === 0) return html`<p class="found">No values in this window.</p>`;
    const label = `${shorten(name, 120)} of ${shorten(service, 60)}: how many values by size, over time. ${now}`;
    return html`${heatmap(heat, { steps, label, format, exemplars })}
<p class="found">The stronger the colour, the more values of that size. The numbers are ${meaning}.${exemplars.length > 0 ? ' A dot opens the trace of one value.' : ''}</p>`;
  }

  function lines(): Html {
    const all = linesOf(instrument, steps);
    if (all.length === 0) return html`<p class="found">No values in this window.</p>`;
    const what = kind === 'rate' ? `${nounOf(unit) || 'change'} per second` : 'value';
    return html`${lineChart(all.slice(0, MAX_LINES), { steps, label: `${shorten(name, 120)} of ${shorten(service, 60)}: ${what}; the table below has the values`, format, height: HEIGHT })}
${lineTable(all, what, format)}`;
  }
}

const lineTable = (lines: Line[], what: string, format: (value: number) => string): Html =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="Lines"><table class="numbers"><thead><tr><th scope="col">Line</th><th scope="col">${what}</th></tr></thead><tbody>${lines
    .slice(0, MAX_LISTED)
    .map(
      ({ label, last, processes }, index) =>
        html`<tr><th scope="row">${index < MAX_LINES ? html`<i class="swatch ${lineColour(index)}"></i>` : ''}${shorten(label, 300) || 'all'}${processes > 1 ? html` <span class="dim">${processes} processes</span>` : ''}</th><td>${last === undefined ? '' : format(last)}</td></tr>`,
    )}</tbody></table></div>${lines.length > MAX_LISTED ? html`<p class="found">${formatCount(lines.length - MAX_LISTED, 'more line')}.</p>` : ''}`;

function exemplarTable(exemplars: Exemplar[], stores: Stores, format: (value: number) => string): Html | '' {
  if (exemplars.length === 0) return '';
  return html`<h2>Exemplars</h2><p class="dim">Single values with the trace that they were measured in.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Exemplars"><table class="numbers"><thead><tr><th scope="col">Trace</th><th scope="col">Value</th><th scope="col">Time</th></tr></thead><tbody>${exemplars
    .slice(0, MAX_LISTED)
    .map(
      (exemplar) =>
        html`<tr><th scope="row"><a href="${traceOf(exemplar)}"><code>${exemplar.traceId.slice(0, 7)}</code></a>${stores.traces.get(exemplar.traceId) === undefined ? html` <span class="dim">not stored here</span>` : ''}</th><td>${format(exemplar.value)}</td><td>${formatTime(BigInt(Math.round(exemplar.timeMs)) * 1_000_000n).slice(11)}</td></tr>`,
    )}</tbody></table></div>`;
}
