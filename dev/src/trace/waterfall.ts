import { buildTree, type Span, type SpanNode } from '@hotel/trace-test';
import { colourByName, PLAIN, paint, printable, type Terminal } from '../cli/terminal.ts';
import { extent, formatDuration } from '../cli/time.ts';
import { notesOf } from './notes.ts';

export interface WaterfallOptions {
  terminal?: Terminal;
  /** False prints only the structure, which is the same for all traces of the same kind. */
  times?: boolean;
  /** Spans of linked traces, in which a message may have been sent. */
  linked?: readonly Span[];
}

interface Row {
  /** Guides, kind and name. */
  label: string;
  span: Span;
  /** Precedes the notes below this row. */
  indent: string;
  notes: string[];
}

const HEADINGS = { span: 'span', service: 'service', start: 'start', duration: 'duration' };
const SMALLEST_BAR = 8;
const LONGEST_BAR = 60;
const GAP = '  ';

/** Renders a trace as text: the tree of its spans, with the start and duration of each. */
export function renderWaterfall(
  spans: readonly Span[],
  { terminal = PLAIN, times = true, linked = [] }: WaterfallOptions = {},
): string {
  const rows = toRows(spans, [...spans, ...linked], times);
  const services = [...new Set(rows.map(({ span }) => span.service))];
  const { start, end } = extent(spans);

  if (rows.length === 0) return '';
  const serviceWidth = widest([...services, ...(times ? [HEADINGS.service] : [])]);
  const timeColumns = rows.map(({ span }) => [
    formatDuration(span.startNs - start),
    formatDuration(span.endNs - span.startNs),
  ]);
  const timeWidth = times ? widest([...timeColumns.flat(), HEADINGS.start, HEADINGS.duration]) : 0;
  const rest = GAP.length + serviceWidth + (times ? 2 * (GAP.length + timeWidth) : 0);
  const wanted = widest(rows.map(({ label }) => label));
  const labelWidth = terminal.tty ? Math.min(wanted, Math.max(24, terminal.columns - rest)) : wanted;
  const room = terminal.columns - labelWidth - rest - GAP.length;
  const barWidth = terminal.tty && times && room >= SMALLEST_BAR ? Math.min(room, LONGEST_BAR) : 0;
  const colourOf = colourByName(services);

  const heading = [
    HEADINGS.span.padEnd(labelWidth),
    HEADINGS.service.padEnd(serviceWidth),
    HEADINGS.start.padStart(timeWidth),
    HEADINGS.duration.padStart(timeWidth),
  ].join(GAP);
  const lines = rows.flatMap(({ label, span, indent, notes }, index) => {
    const colour = span.status.code === 'ERROR' ? 'red' : colourOf(span.service);
    const [offset = '', duration = ''] = timeColumns[index] ?? [];
    const cells = [
      cut(label, labelWidth).padEnd(labelWidth),
      paint(terminal, colourOf(span.service), span.service.padEnd(serviceWidth)),
      ...(times ? [offset.padStart(timeWidth), duration.padStart(timeWidth)] : []),
      ...(barWidth > 0 ? [paint(terminal, colour, bar(span, start, end, barWidth))] : []),
    ];
    const below = notes.map((note) => indent + paint(terminal, note.startsWith('ERROR') ? 'red' : 'dim', note));
    return [cells.join(GAP).trimEnd(), ...below];
  });
  return [...(times ? [paint(terminal, 'dim', heading)] : []), ...lines].join('\n');
}

/** `11 spans of dispo and cleaning-worker in 48.2 ms`. */
export function summarize(spans: readonly Span[]): string {
  const services = [...new Set(spans.map(({ service }) => service))].join(', ');
  const { start, end } = extent(spans);
  return `${spans.length} span${spans.length === 1 ? '' : 's'} of ${printable(services)} in ${formatDuration(end - start)}`;
}

function toRows(spans: readonly Span[], known: readonly Span[], withTimes: boolean): Row[] {
  const { roots, orphans } = buildTree(spans);
  const rows: Row[] = [];
  const visit = ({ span, children }: SpanNode, guide: string, below: string, first: string[]): void => {
    const label = `${guide}${span.kind.padEnd(8)} ${printable(span.name)}`;
    const indent = `${below}${children.length > 0 ? '│  ' : '   '}      `;
    rows.push({ label, span, indent, notes: [...first, ...notesOf(span, known, withTimes)] });
    for (const [index, child] of children.entries()) {
      const last = index === children.length - 1;
      visit(child, `${below}${last ? '└─ ' : '├─ '}`, `${below}${last ? '   ' : '│  '}`, []);
    }
  };
  for (const root of roots) visit(root, '', '', []);
  for (const orphan of orphans) {
    const parent = withTimes ? `its parent ${orphan.span.parentSpanId}` : 'its parent';
    visit(orphan, '', '', [`${parent} is not in this trace`]);
  }
  return rows;
}

function bar({ startNs, endNs }: Span, start: bigint, end: bigint, width: number): string {
  const total = Number(end - start) || 1;
  const from = Math.min(Math.floor((Number(startNs - start) / total) * width), width - 1);
  const length = Math.max(1, Math.round((Number(endNs - startNs) / total) * width));
  return ' '.repeat(from) + '━'.repeat(Math.min(length, width - from));
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length));
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
