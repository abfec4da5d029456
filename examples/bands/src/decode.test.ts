import { expect, it } from 'vitest';
import { decodeTraceparent } from './decode.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

it('reads the fields of a traceparent', () => {
  expect(decodeTraceparent(`00-${TRACE}-${SPAN}-03`)).toMatchObject({
    fields: [
      { name: 'version', value: '00' },
      { name: 'trace-id', value: TRACE },
      { name: 'parent-id', value: SPAN },
      { name: 'trace-flags', value: '03', meaning: '00000011' },
      { value: 'bit 0', meaning: expect.stringMatching(/^sampled/) },
      { value: 'bit 1', meaning: expect.stringMatching(/^random: the last/) },
    ],
  });
});

it.each([
  ['00', /^not sampled/, /not promised/],
  ['01', /^sampled/, /not promised/],
  ['02', /^not sampled/, /the last 7 bytes/],
  ['fd', /^sampled/, /not promised/],
])('reads the flags %s', (flags, first, second) => {
  expect(decodeTraceparent(`00-${TRACE}-${SPAN}-${flags}`)).toMatchObject({
    fields: expect.arrayContaining([
      expect.objectContaining({ value: 'bit 0', meaning: expect.stringMatching(first) }),
      expect.objectContaining({ value: 'bit 1', meaning: expect.stringMatching(second) }),
    ]),
  });
});

it('reads the known fields of a later version', () => {
  expect(decodeTraceparent(`cc-${TRACE}-${SPAN}-01-what-comes`)).toMatchObject({
    fields: expect.arrayContaining([expect.objectContaining({ meaning: expect.stringContaining('later than 00') })]),
  });
});

it.each([
  ['', 'version must be 2 digits 0-9a-f, but is ""'],
  [`00-${TRACE}-${SPAN}`, 'trace-flags must be 2 digits 0-9a-f, but is ""'],
  [`00-${TRACE.toUpperCase()}-${SPAN}-01`, 'capitals are not allowed'],
  [`00-${TRACE.slice(1)}-${SPAN}-01`, 'trace-id must be 32 digits'],
  [`ff-${TRACE}-${SPAN}-01`, 'version ff is forbidden'],
  [`00-${'0'.repeat(32)}-${SPAN}-01`, 'trace-id is all zeros'],
  [`00-${TRACE}-${'0'.repeat(16)}-01`, 'parent-id is all zeros'],
  [`00-${TRACE}-${SPAN}-01-00`, 'version 00 has 4 fields, but there are 5'],
])('reports what is wrong with "%s"', (text, problem) => {
  expect(decodeTraceparent(text)).toEqual({ problems: expect.arrayContaining([expect.stringContaining(problem)]) });
});
