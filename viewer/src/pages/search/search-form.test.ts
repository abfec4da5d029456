import { expect, test } from 'vitest';
import { BadParameter } from '../../api/params.ts';
import { parseTags, readFields } from './search-form.ts';

test.each([
  ['', []],
  ['error=true', [['error', 'true']]],
  [
    'a=1  b=two',
    [
      ['a', '1'],
      ['b', 'two'],
    ],
  ],
  [
    'q="two words" x=y',
    [
      ['q', 'two words'],
      ['x', 'y'],
    ],
  ],
  ['q="a \\"quote\\""', [['q', 'a "quote"']]],
  [
    'empty= x=a=b',
    [
      ['empty', ''],
      ['x', 'a=b'],
    ],
  ],
  ['{"http.status_code":"200"}', [['http.status_code', '200']]],
])('the tags %j are %j', (text, pairs) => {
  expect(parseTags(text)).toEqual(pairs);
});

test.each(['error', 'a=1 b', '{"a"', 'q="open'])('the tags %j are refused with a hint', (text) => {
  expect(() => parseTags(text)).toThrow(BadParameter);
});

test('fields that make no sense become the defaults', () => {
  const fields = readFields(new URLSearchParams('limit=-5&lookback=custom&operation=all&service= dispo '));
  expect(fields).toMatchObject({ limit: 20, lookback: '1h', operation: '', service: 'dispo', errors: false });
});
