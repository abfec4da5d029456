import { expect, it } from 'vitest';
import { mismatches } from './schema.ts';

it.each([
  ['a', []],
  ['💥💥💥', []],
  ['', ['body is ""']],
  ['abcd', ['body is "abcd"']],
  ['💥💥💥💥', ['body is "💥💥💥💥"']],
])('counts the characters of %j, however long they are in UTF-16', (text, wrong) => {
  expect(mismatches(text, { type: 'string', minLength: 1, maxLength: 3 }, {})).toEqual(wrong);
});
