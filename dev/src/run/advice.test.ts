import { CommandError } from '@hotel/cli';
import { expect, it } from 'vitest';
import { explain } from './advice.ts';

const failure = (code: string, path: string) =>
  Object.assign(new Error(`${code}: raw`), { code, path, syscall: 'mkdir' });

it.each([
  [
    'EACCES',
    /^\/usr\/lib cannot be used \(mkdir: EACCES\): it belongs to another user\.\nChange its owner .*sudo chown -R \d+ \/usr\/lib\)/,
  ],
  ['EROFS', /the file system is read-only\.\n.*HOTEL_DATA_DIR/],
  ['ENOSPC', /the disk is full\.\n.*HOTEL_DATA_DIR/],
])('explains %s of a file with what to do', (code, message) => {
  const explained = explain(failure(code, '/usr/lib/hotel/data'), '/usr/lib/hotel/data');
  expect(explained).toBeInstanceOf(CommandError);
  expect((explained as Error).message).toMatch(message);
});

it.each([
  ['cleaning ended: database or disk is full', 'or set HOTEL_DATA_DIR to a folder on another disk'],
  ['dispo ended: attempt to write a readonly database', 'ls -la /data'],
  ["Redis ended: Can't handle RDB format version 12", 'delete the data with --fresh'],
])('adds advice to "%s"', (text, advice) => {
  expect((explain(new CommandError(text), '/data') as Error).message).toContain(advice);
});

it('returns unknown errors unchanged', () => {
  for (const error of [new CommandError('Port 1 is taken.'), new TypeError('a bug'), failure('ENOENT', '/x')]) {
    expect(explain(error, '/data')).toBe(error);
  }
});
