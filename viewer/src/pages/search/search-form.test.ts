import { expect, test } from 'vitest';
import { BadParameter } from '../../api/params.ts';
import { parseTags, queryOf, readFields, toQuery } from './search-form.ts';

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

test.each(['error', 'a=1 b', '{"a"', 'q="open'])('the tags %j are rejected with a hint', (text) => {
  expect(() => parseTags(text)).toThrow(BadParameter);
});

test('reads the fields of a Jaeger URL', () => {
  const jaeger = 'service= dispo &operation=all&lookback=2d&limit=20';
  expect(readFields(new URLSearchParams(jaeger))).toMatchObject({ service: 'dispo', operation: '', lookback: '2d' });
  const custom = readFields(new URLSearchParams('lookback=1h&start=1&end=2'));
  expect(custom).toMatchObject({ lookback: 'custom', start: '1', end: '2' });
  // As submitted by the form after choosing another lookback.
  expect(readFields(new URLSearchParams('lookback=1h&customStart=1&customEnd=2'))).toMatchObject({
    lookback: '1h',
    start: '',
  });
});

test('converts fields back into the same query', () => {
  const query = 'service=dispo&tags=a%3D1&minDuration=2ms&lookback=2d&limit=50&errors=1';
  expect(queryOf(readFields(new URLSearchParams(query))).toString()).toBe(query);
});

test.each([
  'limit=-5',
  'limit=many',
  'limit=0',
  'lookback=later',
  'lookback=custom',
  'start=yesterday',
  'minDuration=soon',
])('%s is rejected', (query) => {
  expect(() => toQuery(readFields(new URLSearchParams(query)), new Date())).toThrow(BadParameter);
});
