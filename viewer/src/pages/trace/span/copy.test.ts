import { expect, test } from 'vitest';
import { Pool } from '../../../otlp/decode/pool.ts';
import { readTracesJson } from '../../../otlp/traces/json.ts';
import { curlOf } from './copy.ts';

const TRACE = 'a'.repeat(32);
const SPAN = 'b'.repeat(16);

function spanWith(attributes: Record<string, string>) {
  const list = Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } }));
  const body = { resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: TRACE, spanId: SPAN, attributes: list }] }] }] };
  const [span] = readTracesJson([body], new Pool());
  if (span === undefined) throw new Error('no span');
  return span;
}

const served = {
  'http.request.method': 'POST',
  'url.scheme': 'http',
  'server.address': 'localhost',
  'server.port': '8080',
  'url.path': '/api/v1/bookings/',
};

test('repeats a server request within its trace', () => {
  expect(curlOf(spanWith(served))).toBe(
    `curl -X POST http://localhost:8080/api/v1/bookings/ -H 'traceparent: 00-${TRACE}-${SPAN}-01'`,
  );
});

test('repeats a client request with its full URL', () => {
  const called = { 'http.request.method': 'GET', 'url.full': 'https://rates.example/?day=1&to=2' };
  expect(curlOf(spanWith(called))).toBe(
    `curl 'https://rates.example/?day=1&to=2' -H 'traceparent: 00-${TRACE}-${SPAN}-01'`,
  );
});

test('quotes attributes so that they cannot escape in a shell', () => {
  const hostile = { ...served, 'url.path': `/'; rm -rf ~; '$(id)`, 'http.request.method': '`id`' };
  expect(curlOf(spanWith(hostile))).toContain(
    `curl -X '\`id\`' 'http://localhost:8080/'\\''; rm -rf ~; '\\''$(id)' -H`,
  );
});

test.each([
  {},
  { 'http.request.method': 'GET' },
  { 'http.request.method': 'GET', 'url.full': 'file:///etc/passwd' },
  { 'db.system.name': 'sqlite' },
])('a span with %j has no curl command', (attributes) => {
  expect(curlOf(spanWith(attributes))).toBeUndefined();
});
