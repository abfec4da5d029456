import { expect, it } from 'vitest';
import { PLAIN } from '../../cli/terminal.ts';
import { type LineStyle, renderLine } from './log-line.ts';

const ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const style: LineStyle = {
  terminal: PLAIN,
  nameWidth: 8,
  colourOf: () => 'cyan',
  traceUrl: (id) => `http://viewer/trace/${id}`,
};
const onTerminal: LineStyle = { ...style, terminal: { ...PLAIN, tty: true } };
const line = (text: string, stream: 'stdout' | 'stderr' = 'stdout') => ({ process: 'dispo', stream, text });
const log = (more: object = {}) =>
  JSON.stringify({ level: 'info', time: '2027-01-30T09:15:00.000Z', service: 'dispo', msg: 'room booked', ...more });

it('leaves JSON unchanged for programs, and prefixes other lines with the process', () => {
  expect(renderLine(line(log()), style)).toBe(log());
  expect(renderLine(line('plain'), style)).toBe('[dispo] plain');
});

it('makes a log line readable on a terminal: process, time, level, message, fields, trace', () => {
  expect(renderLine(line(log({ room: '101', n: 2, trace_id: ID, span_id: 'x' })), onTerminal)).toMatch(
    new RegExp(`^dispo {4}\\d\\d:15:00 info {2}room booked room=101 n=2 trace ${ID}$`),
  );
});

it("understands pino's level numbers", () => {
  expect(renderLine(line(log({ level: 50, time: 1_800_000_000_000 })), onTerminal)).toMatch(/ \d\d:\d\d:\d\d error /);
});

it('makes the trace id a link on terminals with links', () => {
  const text = renderLine(line(log({ trace_id: ID })), {
    ...onTerminal,
    terminal: { ...PLAIN, tty: true, links: true },
  });
  expect(text).toContain(`]8;;http://viewer/trace/${ID}`);
  expect(text).toContain('4bf92f35\u001b]8;;');
});

it('shows the stack of an error below its line', () => {
  const err = { type: 'Error', message: 'no', stack: 'Error: no\n    at here' };
  expect(
    renderLine(line(log({ err })), onTerminal)
      .split('\n')
      .slice(1),
  ).toEqual(['         Error: no', '             at here']);
});

it('treats a line that only looks like JSON as text', () => {
  expect(renderLine(line('{not json'), onTerminal)).toBe('dispo    {not json');
  expect(renderLine(line('{"a":1}'), onTerminal)).toBe('dispo    {"a":1}');
});
