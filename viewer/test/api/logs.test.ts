import { expect, test } from 'vitest';
import { appWith } from '../support/app.ts';
import { ERROR, logRequest, WARN } from '../support/logs.ts';
import { request, spanId, T0, traceId } from '../support/spans.ts';

const REQUESTS = [
  request({ traceId: traceId(1), spanId: spanId(1), name: 'POST /bookings', durationMs: 10 }),
  logRequest(
    { atMs: 3, message: 'third', traceId: traceId(1), spanId: spanId(1), severityNumber: WARN },
    { atMs: 1, message: 'First', attributes: { 'hotel.room.number': '101' } },
    { atMs: 2, message: 'second', service: 'cleaning', severityNumber: ERROR, severityText: 'ERROR' },
  ),
];

const { get, stores } = appWith(REQUESTS);
const messages = async (params: Record<string, string> = {}): Promise<string[]> => {
  const [status, body] = await get('/api/logs', params);
  expect(status).toBe(200);
  return (JSON.parse(body) as { logs: Array<{ message: string }> }).logs.map(({ message }) => message);
};

test('returns records by time, with everything that a reader needs', async () => {
  const [, body] = await get('/api/logs', { trace: traceId(1) });
  expect(JSON.parse(body)).toEqual({
    logs: [
      {
        sequence: 1,
        timeUnixNano: `${T0 + 3}000000`,
        service: 'dispo',
        severity: 'warn',
        severityNumber: 13,
        message: 'third',
        eventName: '',
        traceId: traceId(1),
        spanId: spanId(1),
        attributes: {},
        resource: { 'service.name': 'dispo' },
      },
    ],
    last: 3,
  });
  expect(await messages()).toEqual(['First', 'second', 'third']);
});

test.each([
  ['service', { service: 'cleaning' }, ['second']],
  ['severity and above', { severity: 'warn' }, ['second', 'third']],
  ['text of the message, ignoring case', { text: 'first' }, ['First']],
  ['text of an attribute', { text: '101' }, ['First']],
  ['trace, with leading zeros left out or not', { trace: traceId(1) }, ['third']],
  ['span', { span: spanId(1) }, ['third']],
  ['several conditions', { service: 'dispo', severity: 'error' }, []],
  ['number, the newest', { limit: '1' }, ['second']],
  ['arrival after a record', { after: '2' }, ['second']],
  ['arrival before a record', { before: '2' }, ['third']],
  ['arrival after a record of a viewer that has been restarted', { after: '99' }, ['First', 'second', 'third']],
])('filters by %s', async (_, params, found) => {
  expect(await messages(params as Record<string, string>)).toEqual(found);
});

test.each([
  [{ severity: 'loud' }, 'severity is "loud": write one of trace, debug, info, warn, error, fatal'],
  [{ trace: 'xyz' }, 'trace is "xyz": write a trace id of 1 to 32 hex digits'],
  [{ limit: '0' }, 'limit is "0": write a whole number from 1 to 5000'],
  [{ after: '-1' }, 'after is "-1"'],
])('answers %j with 400 and what to write, on the page too', async (params, reason) => {
  const [status, body] = await get('/api/logs', params as Record<string, string>);
  expect([status, (JSON.parse(body) as { error: { message: string } }).error.message]).toEqual([
    400,
    expect.stringContaining(reason),
  ]);
  expect((await get('/logs/stream', params as Record<string, string>))[0]).toBe(400);
  const [pageStatus, page] = await get('/logs', params as Record<string, string>);
  expect([pageStatus, page.includes('role="alert"')]).toEqual([400, true]);
});

test('the stream sends what has arrived, and what arrives, as long as it matches', async () => {
  const { app, ingest, stopping } = appWith(REQUESTS);
  const response = await app.request('/logs/stream?severity=warn&after=1');
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  let received = '';
  const until = async (text: string): Promise<void> => {
    while (!received.includes(text)) received += (await reader.read()).value ?? '';
  };
  await until('second');
  ingest.json('logs', JSON.stringify(logRequest({ message: 'quiet' }, { message: 'loud', severityNumber: ERROR })));
  await until('loud');
  expect(received).not.toContain('quiet');
  expect(received).toContain('id: 5');
  stopping.abort();
  let end = await reader.read();
  while (!end.done) end = await reader.read();
});

test('the stream reports that the viewer has been restarted', async () => {
  const { app, stopping } = appWith(REQUESTS);
  const response = await app.request('/logs/stream', { headers: { 'last-event-id': '99' } });
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  let received = '';
  while (!received.includes('third')) received += (await reader.read()).value ?? '';
  expect(received).toContain('event: restart');
  stopping.abort();
});

test('more than 50 streams are refused, and ended ones make room', async () => {
  const { app } = appWith(REQUESTS);
  const open = () => app.request('/logs/stream');
  const streams = await Promise.all(Array.from({ length: 50 }, open));
  expect((await open()).status).toBe(503);
  await Promise.all(streams.map((stream) => stream.body?.cancel()));
  await expect.poll(async () => (await open()).status).toBe(200);
});

test('the trace page lists its lines, and marks warnings and errors in the waterfall', async () => {
  const [, page] = await get(`/trace/${traceId(1)}`);
  expect(page).toContain('Log lines (1)');
  expect(page).toMatch(/<circle class="alarm warn" cx="30.000%"/);
  expect(page).toContain('<span class="warn">1 warning</span>');
  const [, state] = await get(`/trace/${traceId(1)}/state`);
  expect(JSON.parse(state)).toEqual({ spans: 1, logs: 1 });
  expect(stores.logs.countOf(traceId(1))).toBe(1);
});

test('a trace without spans still shows its lines', async () => {
  const lonely = appWith([logRequest({ message: 'not sampled', traceId: traceId(5), spanId: spanId(1) })]);
  const [status, page] = await lonely.get(`/trace/${traceId(5)}`);
  expect([status, page.includes('not sampled')]).toEqual([404, true]);
});
