import { expect, it } from 'vitest';
import { around, linkTo, readAddress } from './address.ts';

const read = (query: string) => readAddress(new URLSearchParams(query));

it.each([
  ['view=list', 'view is "list": write one of timeline, flame, spans'],
  ['from=-1', 'from is "-1": write the number of a row'],
  ['from=two', 'from is "two": write the number of a row'],
  ['zoom=9-3', 'zoom is "9-3": write FROM-TO in nanoseconds after the start of the trace'],
  ['zoom=all', 'zoom is "all": write FROM-TO in nanoseconds after the start of the trace'],
  ['sort=age', 'sort is "age": write one of service, name, kind, start, duration, self'],
  ['at=root', 'at is "root": write numbers and dots, as in 0.2.1'],
])('rejects %s', (query, message) => {
  expect(() => read(query)).toThrow(message);
});

it('ignores unknown and empty parameters', () => {
  expect(read('uiEmbed=v0&view=&from=&zoom=&sort=&at=')).toEqual(read(''));
});

it('understands its own links', () => {
  const address = read('view=spans&uiFind=x+y&service=a&service=b&zoom=0-10&from=200&sort=self&at=0.1');
  expect(read(linkTo(address))).toEqual(address);
});

it('gives a span that ends before its start a range of its own', () => {
  const zoom = around(1_000n, 9_000n, 2_000n);
  expect(read(linkTo(read(''), { zoom })).zoom).toEqual(zoom);
});
