import { expect, it } from 'vitest';
import { link, paint, printable, terminalOf } from './terminal.ts';

it('uses neither colours nor links on a pipe', () => {
  expect(terminalOf({}, { VTE_VERSION: '7000' })).toMatchObject({ tty: false, colours: false, links: false });
});

it('uses colours and links on a terminal that supports them, and respects NO_COLOR', () => {
  const stream = { isTTY: true, columns: 90 };
  expect(terminalOf(stream, { VTE_VERSION: '7000' })).toEqual({ tty: true, colours: true, links: true, columns: 90 });
  expect(terminalOf(stream, { TERM: 'dumb' })).toMatchObject({ colours: false, links: false });
  expect(terminalOf(stream, { NO_COLOR: '1' }).colours).toBe(false);
  expect(terminalOf(stream, { TERM: 'xterm' }).links).toBe(false);
  expect(terminalOf({}, { FORCE_COLOR: '1' }).colours).toBe(true);
});

it('adds colours and links only if enabled', () => {
  const can = { tty: true, colours: true, links: true, columns: 80 };
  const cannot = { tty: false, colours: false, links: false, columns: 80 };
  expect(paint(cannot, 'red', 'x')).toBe('x');
  expect(paint(can, 'red', 'x')).toBe('\u001b[31mx\u001b[39m');
  expect(link(cannot, 'http://a', 'x')).toBe('x');
  expect(link(can, 'http://a', 'x')).toContain('http://a');
});

it('neutralizes control characters', () => {
  expect(printable('a\u001b[2Jb\nc\u009bd')).toBe('a\ufffd[2Jb c\ufffdd');
});
