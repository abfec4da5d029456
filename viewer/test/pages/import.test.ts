import { describe, expect, test } from 'vitest';
import { appWith } from '../support/app.ts';
import { BOOKING, readFixture } from '../support/fixtures.ts';
import { postJson, query, startViewer } from '../support/harness.ts';
import { logRequest, WARN } from '../support/logs.ts';
import { request, spanId, traceId } from '../support/spans.ts';

const open = () => appWith([]).app;

type App = ReturnType<typeof open>;

const origin = 'http://localhost';

function upload(app: App, files: Record<string, string>, headers: Record<string, string> = { origin }) {
  const form = new FormData();
  for (const [name, content] of Object.entries(files)) form.append('file', new File([content], name));
  return app.request('/import', { method: 'POST', body: form, headers });
}

const post = (app: App, body: unknown) =>
  app.request('/import', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const download = async (app: App): Promise<unknown> =>
  (await app.request(`/api/v3/traces/${BOOKING}?rawTraces=true`)).json();

/** The field names of the protobuf definitions. */
function snakeCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCased);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snakeCased(inner),
    ]),
  );
}

/** Encodes ids as standard protobuf JSON does. */
const base64Ids = (body: unknown): unknown =>
  JSON.parse(
    JSON.stringify(body, (key, value) =>
      /^(traceId|spanId|parentSpanId)$/.test(key) ? Buffer.from(String(value), 'hex').toString('base64') : value,
    ),
  );

const booking = readFixture('booking.otlp') as { resourceSpans: unknown[] };

describe('OTLP JSON is stored completely', () => {
  const forms: Array<[string, unknown]> = [
    ['as exporters send it', booking],
    ['with the field names of the definitions', snakeCased(booking)],
    ['in the wrapper of Jaeger’s API v3', { result: booking }],
    ['in that wrapper, with the field names of the definitions', snakeCased({ result: booking })],
    ['as Tempo returns it, with base64 ids', { batches: (base64Ids(booking) as typeof booking).resourceSpans }],
    [
      'as one request per line',
      booking.resourceSpans.map((one) => JSON.stringify({ resourceSpans: [one] })).join('\n'),
    ],
  ];

  test.each(forms)('%s', async (_, body) => {
    const [app, reference] = [open(), open()];
    await post(reference, booking);
    const response = await post(app, body);
    expect([response.status, await response.json()]).toEqual([
      200,
      { traces: [BOOKING], spans: 13, logs: 0, points: 0, problems: [] },
    ]);
    expect(await download(app)).toEqual(await download(reference));
  });

  test('when a download is sent to the OTLP port', async () => {
    const [first, second] = [await startViewer(), await startViewer()];
    await postJson(first, booking);
    const { body } = await query(first, `/api/v3/traces/${BOOKING}?rawTraces=true`);
    expect((await postJson(second, body)).status).toBe(200);
    expect((await query(second, `/api/v3/traces/${BOOKING}?rawTraces=true`)).body).toEqual(body);
  });
});

test('an export of a trace with its log lines can be imported elsewhere', async () => {
  const logs = logRequest({ message: 'booked', traceId: BOOKING, spanId: spanId(1), severityNumber: WARN });
  const [first, second] = [appWith([booking, logs]).app, open()];
  const exported = await (await first.request(`/trace/${BOOKING}/otlp.jsonl`)).text();
  const imported = await (await post(second, exported)).json();
  expect(imported).toEqual({ traces: [BOOKING], spans: 13, logs: 1, points: 0, problems: [] });
  expect(await (await second.request(`/trace/${BOOKING}/otlp.jsonl`)).text()).toBe(exported);
  expect((await second.request(`/trace/${traceId(9)}/otlp.jsonl`)).status).toBe(404);
});

describe('uploaded files', () => {
  test('with one trace redirect to it, and with several to a list', async () => {
    const app = open();
    const one = await upload(app, { 'booking.json': JSON.stringify({ result: booking }) });
    expect([one.status, one.headers.get('location')]).toEqual([303, `/trace/${BOOKING}`]);
    const two = await upload(app, {
      'a.json': JSON.stringify(request({ traceId: traceId(1), spanId: spanId(1) })),
      'b.json': JSON.stringify(request({ traceId: traceId(2), spanId: spanId(1) })),
    });
    expect(two.status).toBe(200);
    const html = await two.text();
    for (const text of ['2 spans of 2 traces stored', traceId(1), traceId(2)]) expect(html).toContain(text);
  });

  test.each([
    ['notes.txt', 'no JSON at all', 'notes.txt: not JSON'],
    ['empty.json', '{}', 'empty.json: there are no spans, log records or metrics in it'],
    [
      'old.json',
      '{"data":[{"spans":[{"operationName":"x"}]}]}',
      'old.json: this is the JSON of Jaeger&#39;s older API',
    ],
    [
      'ids.json',
      JSON.stringify(request({ traceId: 'xyz', spanId: spanId(1) })),
      'ids.json: 1 of 1 spans rejected: a trace id must be 16 bytes',
    ],
    ['"><script>alert(1)</script>', '{}', '&lt;script&gt;alert(1)'],
  ])('without spans get a reason: %s', async (name, content, reason) => {
    const response = await upload(open(), { [name]: content });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(reason);
  });

  test('cannot be posted by a page of another origin', async () => {
    const app = open();
    const body = { 'booking.json': JSON.stringify(booking) };
    for (const headers of [{ origin: 'https://evil.example' }, {}]) {
      expect((await upload(app, body, headers as Record<string, string>)).status).toBe(403);
    }
    expect((await app.request(`/api/v3/traces/${BOOKING}`)).status).toBe(404);
  });
});
