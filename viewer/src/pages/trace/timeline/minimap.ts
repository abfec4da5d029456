import { html } from 'hono/html';
import type { Node } from '../../../analysis/tree.ts';
import { isError, laterOf } from '../../../model.ts';
import type { Trace } from '../../../store/trace.ts';
import { colourClass } from '../../colour.ts';
import { formatDuration, percent } from '../../format.ts';
import type { Html } from '../../layout.ts';
import { placeOf, type Scale, scaleOf } from './scale.ts';

const HEIGHT = 48;
/** The most lines that remain distinguishable, and cells per line. */
const LINES = 24;
const CELLS = 200;

/** An overview of the whole trace that marks the time range shown. With scripts, dragging over it zooms. */
export function minimap(trace: Trace, rows: readonly Node[], shown: Scale): Html {
  const whole = scaleOf(trace, undefined);
  const lines = Math.min(LINES, Math.max(rows.length, 8));
  const height = HEIGHT / lines;
  const [from, to] = [placeOf(shown.start, whole), placeOf(shown.start, whole) + shown.nanos / whole.nanos];
  const label = `The trace from 0 to ${formatDuration(whole.nanos)}. Shown: ${formatDuration(from * whole.nanos)} to ${formatDuration(to * whole.nanos)}`;
  return html`<svg id="minimap" class="minimap" height="${HEIGHT}" role="img" aria-label="${label}" data-nanos="${whole.nanos}">
${raster(rows, whole, lines).map(({ line, start, end, colour }) => html`<rect class="${colour}" x="${percent(start)}" width="${percent(end - start)}" y="${(line * height).toFixed(1)}" height="${Math.max(1, height - 1).toFixed(1)}"/>`)}
<rect class="shade" x="0" width="${percent(from)}" height="100%"/><rect class="shade" x="${percent(to)}" width="${percent(1 - to)}" height="100%"/></svg>`;
}

interface Run {
  line: number;
  start: number;
  end: number;
  colour: string;
}

/** Rows that share a line overlap; equal adjacent cells are merged into one run. */
function raster(rows: readonly Node[], scale: Scale, lines: number): Run[] {
  const grid = Array.from({ length: lines }, () => new Array<string>(CELLS).fill(''));
  for (const [index, { span }] of rows.entries()) {
    const line = rows.length <= lines ? index : Math.floor((index * lines) / rows.length);
    const first = cellOf(placeOf(span.startNano, scale));
    const last = cellOf(placeOf(laterOf(span.startNano, span.endNano), scale));
    grid[line]?.fill(isError(span) ? 'err' : colourClass(span.origin.service), first, last + 1);
  }
  return grid.flatMap((cells, line) => {
    const runs: Run[] = [];
    for (let from = 0; from < CELLS; ) {
      let to = from + 1;
      while (to < CELLS && cells[to] === cells[from]) to++;
      const colour = cells[from] ?? '';
      if (colour !== '') runs.push({ line, start: from / CELLS, end: to / CELLS, colour });
      from = to;
    }
    return runs;
  });
}

const cellOf = (share: number): number => Math.min(CELLS - 1, Math.max(0, Math.floor(share * CELLS)));
