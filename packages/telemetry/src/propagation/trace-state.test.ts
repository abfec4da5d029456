import { describe, expect, it } from 'vitest';
import { TraceStateLevel2 } from './trace-state.ts';

const passed = (header: string) => TraceStateLevel2.parse(header)?.serialize();
const members = (count: number, value = 'v') => Array.from({ length: count }, (_, i) => `k${i}=${value}`).join(',');
/** https://www.w3.org/TR/trace-context-2/#value */
const everyValueCharacter = Array.from({ length: 0x5f }, (_, i) => String.fromCharCode(0x20 + i))
  .filter((character) => character !== ',' && character !== '=')
  .join('');

describe('a tracestate', () => {
  it.each([
    ['one member', 'vendor=1', 'vendor=1'],
    ['two members', 'b=2,a=1', 'b=2,a=1'],
    ['a key that ends in an at sign', 'foo@=1,bar=2', 'foo@=1,bar=2'],
    ['a key with two at signs', 'a@b@c=1', 'a@b@c=1'],
    ['a key with two at signs in a row', 'foo@@bar=1', 'foo@@bar=1'],
    ['a key that begins with a digit', '0a=1', '0a=1'],
    ['a key of one digit', '7=1', '7=1'],
    [
      'every character of a key',
      'abcdefghijklmnopqrstuvwxyz0123456789_-*/@=1',
      'abcdefghijklmnopqrstuvwxyz0123456789_-*/@=1',
    ],
    ['a key of 256 characters', `${'k'.repeat(256)}=1`, `${'k'.repeat(256)}=1`],
    ['a long tenant', `${'t'.repeat(242)}@v=1`, `${'t'.repeat(242)}@v=1`],
    ['a long vendor', `t@${'v'.repeat(15)}=1`, `t@${'v'.repeat(15)}=1`],
    ['every character of a value', `k=${everyValueCharacter}`, `k=${everyValueCharacter}`],
    ['a value of 256 characters', `k=${'v'.repeat(256)}`, `k=${'v'.repeat(256)}`],
    ['a value with a space before and in it', 'k= a b', 'k= a b'],
    ['spaces and tabs around members', ' a=1 \t,\t b=2 ', 'a=1,b=2'],
    ['empty members', 'a=1,,\t, b=2,', 'a=1,b=2'],
    ['an empty header of several', ',a=1', 'a=1'],
    ['32 members', members(32), members(32)],
    ['32 members and empty ones', `,${members(32)},,`, members(32)],
    ['32 members of 250 characters', members(32, 'v'.repeat(250)), members(32, 'v'.repeat(250))],
    ['a duplicate with the same value', 'a=1,a=1', 'a=1'],
    ['a duplicate, of which the first is the newest', 'a=2,b=3,a=1', 'a=2,b=3'],
  ])('with %s is propagated', (_what, header, expected) => {
    expect(passed(header)).toBe(expected);
  });

  it.each([
    ['33 members', members(33)],
    ['33 members, one of them a duplicate', `${members(32)},k0=v`],
    ['no value', 'a=1,b'],
    ['an empty value', 'a=,b=1'],
    ['a value of spaces', 'a=  ,b=1'],
    ['two equal signs', 'a=b=c,d=1'],
    ['an empty key', '=1,b=1'],
    ['a space after the key', 'a =1,b=1'],
    ['an upper-case key', 'A=1,b=1'],
    ['a dot in a key', 'a.b=1,c=1'],
    ['a key that begins with an at sign', '@a=1,b=1'],
    ['a key that begins with an underscore', '_a=1,b=1'],
    ['a key of 257 characters', `${'k'.repeat(257)}=1,b=1`],
    ['a value of 257 characters', `a=${'v'.repeat(257)},b=1`],
    ['a control character in a value', 'a=1\u0007,b=1'],
    ['a tab in a value', 'a=1\t2,b=1'],
    ['a line break', 'a=1\r\nb: 2,c=1'],
    ['a no-break space around a member', 'a=1,\u00a0b=1'],
    ['a no-break space at the end', 'a=1,b=1\u00a0'],
    ['an ideographic space', 'a=1,\u3000'],
    ['a letter that is not ASCII', 'a=ü,b=1'],
  ])('with %s is discarded as a whole', (_what, header) => {
    expect(passed(header)).toBeUndefined();
  });

  it('is undefined if empty', () => {
    expect(['', ' ', ',', ' , \t,'].map(passed)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('that is too long loses long members from the end first', () => {
    const long = (key: string) => `${key}=${'v'.repeat(255)}`;
    const list = [...Array.from({ length: 30 }, (_, i) => `${'x'.repeat(20)}${long(`k${i}`)}`), 'short=1', 'last=2'];
    const kept = passed(list.join(','))?.split(',') ?? [];
    expect(kept.join(',').length).toBeLessThanOrEqual(8_192);
    expect(kept).toEqual([...list.slice(0, kept.length - 2), 'short=1', 'last=2']);
    expect(kept.length).toBeGreaterThan(28);
  });

  it('of many spaces is parsed quickly', () => {
    expect(passed(`a=1,${' '.repeat(2_000_000)}x`)).toBeUndefined();
  });
});

describe('changing a tracestate', () => {
  const state = TraceStateLevel2.parse('a=1,b=2,c=3');

  it('moves the changed member to the front', () => {
    expect(state?.set('c', '4').serialize()).toBe('c=4,a=1,b=2');
    expect(state?.set('d', '4').serialize()).toBe('d=4,a=1,b=2,c=3');
    expect(state?.get('c')).toBe('3');
  });

  it('removes members', () => {
    expect(state?.unset('b').serialize()).toBe('a=1,c=3');
    expect(state?.unset('z').serialize()).toBe('a=1,b=2,c=3');
  });

  it('ignores invalid members', () => {
    expect(state?.set('A', '1').serialize()).toBe('a=1,b=2,c=3');
    expect(state?.set('a', 'x,y=1').serialize()).toBe('a=1,b=2,c=3');
  });

  it('drops the oldest of 32 members for a new one', () => {
    expect(TraceStateLevel2.parse(members(32))?.set('new', '1').serialize()).toBe(`new=1,${members(31)}`);
  });
});
