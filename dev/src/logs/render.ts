import { type Colour, link, paint, printable, type Terminal } from '../cli/terminal.ts';
import type { LogLine } from './client.ts';

const COLOURS: Record<string, Colour> = { warn: 'yellow', error: 'red', fatal: 'red', info: 'green' };
/** Shown below the line, not in it. */
const STACK = 'exception.stacktrace';

/** A record as one line, with the stack of an exception below it. The content is foreign: no control characters. */
export function renderLog(record: LogLine, terminal: Terminal, pageOf: (traceId: string) => string): string {
  const { severity, service, message, eventName, traceId, attributes } = record;
  const fields = Object.entries(attributes)
    .filter(([key]) => key !== STACK)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const shown = terminal.links ? link(terminal, pageOf(traceId), traceId.slice(0, 8)) : traceId;
  const parts = [
    paint(terminal, 'dim', clock(record.timeUnixNano)),
    paint(terminal, COLOURS[severity] ?? 'dim', severity.padEnd(5)),
    paint(terminal, 'cyan', printable(service)),
    printable(message),
    eventName === '' || eventName === message ? '' : paint(terminal, 'dim', `event=${printable(eventName)}`),
    paint(terminal, 'dim', printable(fields.join(' '))),
    /^[0-9a-f]{32}$/.test(traceId) ? paint(terminal, 'dim', `trace ${shown}`) : '',
  ];
  const stack = attributes[STACK];
  const below = typeof stack === 'string' ? stack.split('\n').map((line) => `\n    ${printable(line)}`) : [];
  return parts.filter((part) => part !== '').join(' ') + paint(terminal, 'dim', below.join(''));
}

function clock(nanos: string): string {
  const date = new Date(Number(BigInt(nanos) / 1_000_000n));
  if (Number.isNaN(date.getTime())) return '';
  return `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
