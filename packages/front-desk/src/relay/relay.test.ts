import { expect, it } from 'vitest';
import { openDesk } from '../../test/desk.ts';

const now = () => BigInt(Date.now()) * 1_000_000n;
const span = (changes: object = {}) => ({
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  name: 'book',
  kind: 1,
  startTimeUnixNano: String(now() - 1_000_000n),
  endTimeUnixNano: String(now()),
  attributes: [{ key: 'app.widget.id', value: { stringValue: 'book' } }],
  status: { code: 0 },
  ...changes,
});
const traces = (spans: object[] = [span()], scope: object = { name: 'front-desk', version: '1.0.0' }) => ({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'dispo' } }] },
      scopeSpans: [{ scope, spans }],
    },
  ],
});

type Desk = ReturnType<typeof openDesk>;
const post = ({ app }: Desk, body: unknown, { signal = 'traces', headers = {} } = {}) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const own = {
    'content-type': 'application/json',
    'content-length': String(text.length),
    'sec-fetch-site': 'same-origin',
  };
  return app.request(`http://hotel/front-desk/v1/${signal}`, {
    method: 'POST',
    body: text,
    headers: { ...own, ...headers },
  });
};

it("passes on the page's spans with what it knows of them, and nothing of their resource", async () => {
  const desk = openDesk();
  const client = span({
    ...{ kind: 3, name: 'POST', parentSpanId: 'b7ad6b7169203331', spanId: '00f067aa0ba902b7', status: { code: 2 } },
    attributes: [
      { key: 'url.full', value: { stringValue: 'http://hotel/api/v1/bookings?guest=Jane#x' } },
      { key: 'http.response.status_code', value: { intValue: 409 } },
      { key: 'service.name', value: { stringValue: 'dispo' } },
      { key: 'hotel.booking.id', value: { arrayValue: { values: [] } } },
    ],
  });
  expect((await post(desk, traces([span(), client]))).status).toBe(200);
  expect(desk.hotel.spans).toMatchObject([
    { name: 'book', kind: 0, attributes: { 'app.widget.id': 'book' }, isFailed: false },
    {
      ...{ name: 'POST', kind: 2, parentSpanId: 'b7ad6b7169203331', isFailed: true },
      attributes: { 'url.full': 'http://hotel/api/v1/bookings', 'http.response.status_code': 409 },
    },
  ]);
  expect(Object.keys(desk.hotel.spans[1]?.attributes ?? {})).toHaveLength(2);
  expect(JSON.stringify(desk.hotel.spans, (_, value) => (typeof value === 'bigint' ? '' : value))).not.toContain(
    'dispo',
  );
});

it.each<[string, unknown]>([
  ['no JSON', 'spans'],
  ['no OTLP', { spans: [] }],
  ['a span of another name', traces([span({ name: 'GET /admin' })])],
  ['a span of another scope', traces([span()], { name: 'evil', version: '1' })],
  ['a span of the kind server', traces([span({ kind: 2 })])],
  ['an invalid id', traces([span({ traceId: 'ABC' })])],
  ['an id of zeros', traces([span({ spanId: '0000000000000000' })])],
  ['a span of last year', traces([span({ startTimeUnixNano: '1700000000000000000' })])],
  ['a span that ends before it begins', traces([span({ endTimeUnixNano: String(now() - 3_000_000n) })])],
  ['too many spans', traces(Array.from({ length: 65 }, () => span()))],
])('rejects %s, and passes on none of the request', async (_, body) => {
  const desk = openDesk();
  const response = await post(desk, body);
  expect([response.status, desk.hotel.spans]).toEqual([422, []]);
});

it.each<[string, unknown]>([
  ['an object that cannot be converted', { intValue: { toString: 1, valueOf: 1 } }],
  ['a list', { intValue: [[7]] }],
  ['null', { intValue: null }],
  ['empty text', { intValue: '' }],
])('leaves out an attribute whose number is %s', async (_, value) => {
  const desk = openDesk();
  const attributes = [
    { key: 'hotel.booking.id', value },
    { key: 'hotel.task.id', value: { intValue: '7' } },
    { key: 'http.response.status_code', value: { intValue: 0 } },
  ];
  expect((await post(desk, traces([span({ attributes })]))).status).toBe(200);
  expect(desk.hotel.spans[0]?.attributes).toEqual({ 'hotel.task.id': 7 });
});

it('rejects a body that is too large, and one that is not JSON', async () => {
  const desk = openDesk();
  expect((await post(desk, traces([span({ more: 'x'.repeat(70_000) })]))).status).toBe(413);
  const protobuf = { headers: { 'content-type': 'application/x-protobuf' } };
  expect((await post(desk, traces(), protobuf)).status).toBe(415);
});

it.each([
  ['another origin', { 'sec-fetch-site': 'cross-site' }],
  ['another host of the same site', { 'sec-fetch-site': 'same-site' }],
  ['an address that a person has typed', { 'sec-fetch-site': 'none' }],
])('rejects a report of %s', async (_, headers) => {
  const desk = openDesk();
  expect((await post(desk, traces(), { headers })).status).toBe(403);
  expect(desk.hotel.spans).toEqual([]);
});

it('limits the reports of a peer', async () => {
  const desk = openDesk();
  const answers = await Promise.all(Array.from({ length: 30 }, () => post(desk, traces())));
  const accepted = answers.filter(({ status }) => status === 200).length;
  expect(accepted).toBeGreaterThanOrEqual(10);
  expect(accepted).toBeLessThan(20);
  const refused = answers.find(({ status }) => status === 429);
  expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
});

it('drops what it gets where telemetry is off, and the page does not load its script', async () => {
  const spans: unknown[] = [];
  const off = { isOn: () => false, exportSpans: async () => void spans.push(1), exportEvents: async () => {} };
  const desk = openDesk({ browserTelemetry: off });
  expect([(await post(desk, traces())).status, spans]).toEqual([200, []]);
  expect((await desk.get('/')).text).not.toMatch(/telemetry\.js|name="traceparent"/);
  expect((await openDesk({ sampleRatio: 0 }).get('/')).text).not.toContain('telemetry.js');
  expect((await openDesk().get('/')).text).toContain('telemetry.js');
});

it('passes on web vitals, and no other events', async () => {
  const desk = openDesk();
  const vital = (eventName: string) => ({
    resourceLogs: [
      {
        scopeLogs: [
          {
            logRecords: [
              {
                ...{ eventName, timeUnixNano: String(now()) },
                attributes: [
                  { key: 'browser.web_vital.name', value: { stringValue: 'lcp' } },
                  { key: 'browser.web_vital.value', value: { doubleValue: 1.5 } },
                  { key: 'exception.message', value: { stringValue: 'x' } },
                ],
              },
            ],
          },
        ],
      },
    ],
  });
  expect((await post(desk, vital('browser.web_vital'), { signal: 'logs' })).status).toBe(200);
  expect(desk.hotel.events).toMatchObject([
    { name: 'browser.web_vital', attributes: { 'browser.web_vital.name': 'lcp', 'browser.web_vital.value': 1.5 } },
  ]);
  expect((await post(desk, vital('hotel.booking.made'), { signal: 'logs' })).status).toBe(422);
});
