import { expect, it } from 'vitest';
import { countSpans } from './count-spans.ts';

/** A length-delimited protobuf field. */
const field = (number: number, ...parts: Uint8Array[]) => {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7];
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), body]);
};
const span = field(
  2,
  field(5, Buffer.from('a span with a name that is so long that its length takes two bytes'.repeat(2))),
);
const scope = field(1, Buffer.from('scope'));
const resource = field(1, field(1, Buffer.from('attribute')));

it('counts the spans of all resources and scopes, and nothing else', () => {
  const first = field(1, resource, field(2, scope, span, span), field(2, scope, span));
  const second = field(1, resource, field(2, span), Buffer.from([0x18, 0x96, 0x01]));
  expect(countSpans(Buffer.concat([first, second]))).toBe(4);
  expect(countSpans(Buffer.alloc(0))).toBe(0);
});

it('rejects bytes that are not protobuf', () => {
  expect(() => countSpans(Buffer.from([0x0f]))).toThrow('unknown protobuf wire type 7');
});
