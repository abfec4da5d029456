import { propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { W3CBaggage } from './w3c-baggage.ts';

const propagator = new W3CBaggage();
const getter = { keys: () => ['baggage'], get: (header: string | string[]) => header };
const extract = (header: string | string[]) => propagator.extract(ROOT_CONTEXT, header, getter);

function inject(context: ReturnType<typeof extract>): string | undefined {
  let written: string | undefined;
  propagator.inject(context, undefined, {
    set: (_carrier, _name, value) => {
      written = value;
    },
  });
  return written;
}
const passed = (header: string | string[]) => inject(extract(header));
const value = (header: string, key: string) => propagation.getBaggage(extract(header))?.getEntry(key)?.value;
const members = (count: number) => Array.from({ length: count }, (_, i) => `key${i}=${i}`).join(',');

describe('baggage', () => {
  it.each([
    ['one member', 'channel=web'],
    ['an empty value', 'empty=,channel=web'],
    ['octets that need no encoding', 'a=%41%20b%2F,b=m%C3%BCller'],
    ['characters that an encoder would encode', "a=!#$&'()*+-./:<=>?@[]^_`{|}~"],
    ['properties', 'a=1;ttl=5;hop,b=2;x=%20'],
    ['duplicates', 'a=1,b=2,a=3'],
    ['an upper-case key with every kind of character', "Key!#$%&'*+-.^_`|~09=1"],
    ['equal signs in a value', 'a=b=c'],
    ['180 members', members(180)],
    ['8,192 bytes', `a=${'x'.repeat(8_190)}`],
    [
      '8,192 bytes in many members',
      Array.from({ length: 128 }, (_, i) => `${100 + i}=${'x'.repeat(i < 127 ? 59 : 60)}`).join(','),
    ],
    ['a percent sign that encodes nothing', 'a=100%'],
    ['an encoded byte that is not UTF-8', 'a=%FF'],
  ])('with %s is propagated unchanged', (_what, header) => {
    expect(passed(header)).toBe(header);
  });

  it.each<[string, string | string[], string | undefined]>([
    ['white space around members is dropped', ' a=1\t, \tb=2 ', 'a=1,b=2'],
    ['white space within a member stays', 'a \t= \t1 ; p', 'a \t= \t1 ; p'],
    ['several headers are one list', ['a=1', 'b=2'], 'a=1,b=2'],
    ['only the member without a value is dropped', 'a=1,b,c=3', 'a=1,c=3'],
    ['a member without a key is dropped', '=1,c=3', 'c=3'],
    ['a key that is not a token is dropped', 'a b=1,c=3', 'c=3'],
    ['a value with a space is dropped', 'a=1 2,c=3', 'c=3'],
    ['a quoted value is dropped', 'a="1",c=3', 'c=3'],
    ['a value with a backslash is dropped', 'a=\\,c=3', 'c=3'],
    ['a value with a line break is dropped', 'a=1\r\nx: y,c=3', 'c=3'],
    ['a value that is not ASCII is dropped', 'a=ü,c=3', 'c=3'],
    ['a no-break space is not white space', 'a=1,\u00a0b=2', 'a=1'],
    ['an invalid property is dropped with its member', 'a=1;"p",c=3', 'c=3'],
    ['the 181st member is dropped', members(181), members(180)],
    ['what exceeds 8,192 bytes is dropped', `a=${'x'.repeat(8_180)},bb=12345678,c=1`, `a=${'x'.repeat(8_180)},c=1`],
    ['a member of more than 8,192 bytes is dropped', `a=${'x'.repeat(8_191)},c=1`, 'c=1'],
    ['without valid members nothing is sent', ',,;,a', undefined],
    ['an empty header is not sent', '', undefined],
  ])('%s', (_what, header, expected) => {
    expect(passed(header)).toBe(expected);
  });

  it('is decoded for the program', () => {
    expect(value('name=m%C3%BCller%20%2C', 'name')).toBe('müller ,');
    expect(value('empty=', 'empty')).toBe('');
    expect(value('broken=%FF%20x', 'broken')).toBe('\ufffd x');
    expect(value('percent=100%', 'percent')).toBe('100%');
    expect(value('__proto__=1', '__proto__')).toBe('1');
    const entry = propagation.getBaggage(extract('a=1; ttl=5 ;hop'))?.getEntry('a');
    expect(entry?.metadata?.toString()).toBe('ttl=5;hop');
  });

  it('changed by the program keeps the other members unchanged', () => {
    const context = extract('a=%41;p,b=2');
    const baggage = propagation.getBaggage(context)?.setEntry('c', { value: 'ü,;"\ud800' }).removeEntry('b');
    expect(baggage && inject(propagation.setBaggage(context, baggage))).toBe('a=%41;p,c=%C3%BC%2C%3B%22%EF%BF%BD');
  });

  it('omits keys of the program that cannot be encoded', () => {
    const baggage = propagation.createBaggage({
      'a key': { value: '1' },
      'k\r\n': { value: '1' },
      fine: { value: '1' },
    });
    expect(inject(propagation.setBaggage(ROOT_CONTEXT, baggage))).toBe('fine=1');
  });

  it('of many spaces is parsed quickly', () => {
    expect(passed(`a=1;${' '.repeat(1_000_000)}=${' '.repeat(1_000_000)}"`)).toBeUndefined();
  });
});
