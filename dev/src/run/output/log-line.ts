import type { OutputLine } from '@hotel/system';
import { type Colour, link, paint, printable, type Terminal } from '../../cli/terminal.ts';

export interface LineStyle {
  terminal: Terminal;
  /** Width of the column with the process's name. */
  nameWidth: number;
  colourOf: (process: string) => Colour;
  traceUrl: (traceId: string) => string;
}

const LEVELS: Record<string, string> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };
const LEVEL_COLOURS: Record<string, Colour> = { warn: 'yellow', error: 'red', fatal: 'red', info: 'green' };
/** Shown elsewhere in the line, or irrelevant on this machine. */
const NOT_SHOWN = new Set(['level', 'time', 'msg', 'service', 'name', 'pid', 'hostname', 'v', 'err']);
const TRACE_FIELDS = new Set(['trace_id', 'span_id', 'trace_flags']);

/**
 * Renders a line of a process's output. On a terminal: the process's name, and a JSON log line as text with a link to
 * its trace. Elsewhere JSON lines stay unchanged, and other lines get the process's name as a prefix.
 */
export function renderLine({ process, stream, text }: OutputLine, style: LineStyle): string {
  const { terminal, nameWidth, colourOf } = style;
  const record = parse(text);
  if (!terminal.tty) return record ? text : `[${process}] ${text}`;
  const name = paint(terminal, colourOf(process), process.padEnd(nameWidth));
  if (record) return `${name} ${renderRecord(record, style)}`;
  const shown = stream === 'stdout' ? text : paint(terminal, stream === 'runner' ? 'yellow' : 'red', text);
  return `${name} ${shown}`;
}

type LogRecord = Record<string, unknown> & { msg?: unknown; level?: unknown };

function parse(text: string): LogRecord | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(text) as LogRecord;
    return value.level === undefined ? undefined : value;
  } catch {
    return undefined;
  }
}

function renderRecord(record: LogRecord, { terminal, nameWidth, traceUrl }: LineStyle): string {
  const level = LEVELS[String(record.level)] ?? String(record.level);
  const fields = Object.entries(record)
    .filter(([key]) => !NOT_SHOWN.has(key) && !TRACE_FIELDS.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const parts = [
    paint(terminal, 'dim', clock(record.time)),
    paint(terminal, LEVEL_COLOURS[level] ?? 'dim', level.padEnd(5)),
    printable(String(record.msg ?? '')),
    paint(terminal, 'dim', printable(fields.join(' '))),
    traceLink(record.trace_id, terminal, traceUrl),
  ];
  return parts.filter(Boolean).join(' ') + stackBelow(record.err, terminal, nameWidth);
}

function clock(time: unknown): string {
  const date = new Date(time as string | number);
  return Number.isNaN(date.getTime()) ? '' : date.toTimeString().slice(0, 8);
}

/** Short if it is a link; the full id where it has to be copied. */
function traceLink(traceId: unknown, terminal: Terminal, traceUrl: (traceId: string) => string): string {
  if (typeof traceId !== 'string' || !/^[0-9a-f]{32}$/.test(traceId)) return '';
  const shown = terminal.links ? link(terminal, traceUrl(traceId), traceId.slice(0, 8)) : traceId;
  return paint(terminal, 'dim', `trace ${shown}`);
}

function stackBelow(error: unknown, terminal: Terminal, nameWidth: number): string {
  if (typeof error !== 'object' || error === null) return '';
  const { stack, message } = error as { stack?: unknown; message?: unknown };
  const lines = String(stack ?? message ?? '').split('\n');
  return lines.map((line) => `\n${' '.repeat(nameWidth + 1)}${paint(terminal, 'dim', printable(line))}`).join('');
}
