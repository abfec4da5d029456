import { expect, test } from 'vitest';
import { appWith } from '../support/app.ts';
import { request, spanId, T0, traceId } from '../support/spans.ts';

const ID = traceId(1);
const CALL = spanId(2);

/** As reported by a Zipkin-style tracer: the server reuses the id of the client's span. */
const ZIPKIN = request(
  { traceId: ID, spanId: spanId(1), service: 'web', name: 'page', kind: 2, durationMs: 100 },
  {
    traceId: ID,
    spanId: CALL,
    parentSpanId: spanId(1),
    service: 'web',
    name: 'call',
    kind: 3,
    startMs: 10,
    durationMs: 50,
  },
  {
    traceId: ID,
    spanId: CALL,
    parentSpanId: spanId(1),
    service: 'api',
    name: 'serve',
    kind: 2,
    startMs: 20,
    durationMs: 30,
  },
  {
    traceId: ID,
    spanId: spanId(3),
    parentSpanId: CALL,
    service: 'api',
    name: 'query',
    kind: 3,
    startMs: 25,
    durationMs: 5,
  },
);

function storing(...requests: unknown[]) {
  const { store, app } = appWith(requests);
  return { store, text: async (path: string): Promise<string> => (await app.request(path)).text() };
}

interface Listed {
  name: string;
  spanId: string;
  parentSpanId?: string;
}

async function spansOf({ text }: ReturnType<typeof storing>, query = ''): Promise<Array<[string, string, string]>> {
  const { result } = JSON.parse(await text(`/api/v3/traces/${ID}${query}`)) as {
    result: { resourceSpans: Array<{ scopeSpans: Array<{ spans: Listed[] }> }> };
  };
  const spans = result.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  return spans
    .map(({ name, spanId: id, parentSpanId = '' }): [string, string, string] => [name, id, parentSpanId])
    .sort();
}

test('a client and a server that share an id are two spans; the server gets a new id below the client', async () => {
  const app = storing(ZIPKIN, ZIPKIN);
  expect(app.store.stats().spans).toBe(4);
  expect(await spansOf(app)).toEqual([
    ['call', CALL, spanId(1)],
    ['page', spanId(1), ''],
    ['query', spanId(3), '0000000000000001'],
    ['serve', '0000000000000001', CALL],
  ]);
  const { data } = JSON.parse(await app.text(`/api/traces/${ID}`)) as {
    data: Array<{ spans: Array<{ operationName: string; spanID: string; references: Array<{ spanID: string }> }> }>;
  };
  const references = data[0]?.spans.map(({ operationName, spanID, references: [parent] }) => [
    operationName,
    spanID,
    parent?.spanID,
  ]);
  expect(references).toEqual([
    ['page', spanId(1), undefined],
    ['call', CALL, spanId(1)],
    ['serve', '0000000000000001', CALL],
    ['query', spanId(3), '0000000000000001'],
  ]);
});

test('raw traces keep shared ids, and importing one again changes nothing', async () => {
  const app = storing(ZIPKIN);
  expect(await spansOf(app, '?rawTraces=true')).toEqual([
    ['call', CALL, spanId(1)],
    ['page', spanId(1), ''],
    ['query', spanId(3), CALL],
    ['serve', CALL, spanId(1)],
  ]);
  const again = storing(ZIPKIN, JSON.parse(await app.text(`/api/v3/traces/${ID}?rawTraces=true`)));
  expect(again.store.stats()).toEqual(app.store.stats());
});

test('a new id is unused in the trace', async () => {
  const taken = request({ traceId: ID, spanId: '0000000000000001', parentSpanId: CALL, service: 'api', name: 'taken' });
  expect(await spansOf(storing(ZIPKIN, taken))).toContainEqual(['serve', '0000000000000002', CALL]);
});

test('the trace page shows each span with a shared id in its place with its own details', async () => {
  const { text } = storing(ZIPKIN);
  const page = await text(`/trace/${ID}`);
  const rows = [...page.matchAll(/id="s-([^"]+)" role="row" aria-level="(\d+)".*?<span class="what">([^<]*)</gs)];
  expect(rows.map(([, , level, name]) => [name, level])).toEqual([
    ['page', '1'],
    ['call', '2'],
    ['serve', '3'],
    ['query', '4'],
  ]);
  const keys = rows.map(([, key = '']) => key);
  expect(new Set(keys).size).toBe(4);
  const details = await Promise.all(keys.map((key) => text(`/trace/${ID}/spans/${key}`)));
  expect(details.map((detail) => /<dt>Kind<\/dt><dd>(\w+)/.exec(detail)?.[1])).toEqual([
    'server',
    'client',
    'server',
    'client',
  ]);
  const opened = await text(`/trace/${ID}?uiFind=${keys[2]}`);
  expect(opened.match(/class="detail" id="d-([^"]+)"/)?.[1]).toBe(keys[2]);
  expect(opened.match(/class="row hit open"/g)).toHaveLength(1);
});

test('a link to an id that spans share leads to each of them by its kind', async () => {
  const other = request({
    traceId: traceId(2),
    spanId: spanId(9),
    links: [{ traceId: ID, spanId: CALL }],
  });
  const { text } = storing(ZIPKIN, other);
  const detail = await text(`/trace/${traceId(2)}/spans/${spanId(9)}`);
  const found = [...detail.matchAll(/uiFind=([^"]+)">([^<]+)<\/a>.*?<span class="kind">(\w+)/gs)];
  expect(found.map(([, , name, kind]) => [name, kind])).toEqual([
    ['web call', 'client'],
    ['api serve', 'server'],
  ]);
  const opened = await Promise.all(found.map(([, key]) => text(`/trace/${ID}?uiFind=${key}`)));
  expect(opened.map((page) => /class="detail".*?<dt>Kind<\/dt><dd>(\w+)/s.exec(page)?.[1])).toEqual([
    'client',
    'server',
  ]);
});

test('a link from the second of the spans that share an id leads back to it', async () => {
  const links = [{ traceId: traceId(2), spanId: spanId(9) }];
  const first = { traceId: ID, spanId: CALL, service: 'web', name: 'call', kind: 3 };
  const { text } = storing(
    request(first, { ...first, service: 'api', name: 'serve', kind: 2, links }),
    request({ traceId: traceId(2), spanId: spanId(9) }),
  );
  const detail = await text(`/trace/${traceId(2)}/spans/${spanId(9)}`);
  const [, key, name] = /Linked from.*?uiFind=([^"]+)">([^<]+)</s.exec(detail) ?? [];
  expect(name).toBe('api serve');
  expect(await text(`/trace/${ID}?uiFind=${key}`)).toMatch(/class="detail".*?<dt>Kind<\/dt><dd>server/s);
});

test('other spans that share an id are all kept unchanged', async () => {
  const attempts = request(
    { traceId: ID, spanId: CALL, name: 'attempt 1', startMs: 1 },
    { traceId: ID, spanId: CALL, name: 'attempt 2', startMs: 2 },
    { traceId: ID, spanId: spanId(3), parentSpanId: CALL, name: 'child', startMs: 3 },
  );
  const app = storing(attempts);
  expect(await spansOf(app)).toEqual([
    ['attempt 1', CALL, ''],
    ['attempt 2', CALL, ''],
    ['child', spanId(3), CALL],
  ]);
  const page = await app.text(`/trace/${ID}`);
  expect(page.match(/aria-level="1"/g)).toHaveLength(2);
});

test('a server whose client is stored is neither a root nor an orphan', async () => {
  const { text } = storing(
    request(
      { traceId: ID, spanId: CALL, service: 'api', name: 'serve', kind: 2, startMs: 1 },
      { traceId: ID, spanId: CALL, service: 'web', name: 'call', kind: 3, startMs: 2 },
    ),
  );
  const window = new URLSearchParams({
    'query.startTimeMin': new Date(T0 - 1000).toISOString(),
    'query.startTimeMax': new Date(T0 + 1000).toISOString(),
  });
  const { summaries } = JSON.parse(await text(`/api/v3/trace-summaries?${window}`)) as { summaries: unknown[] };
  expect(summaries).toEqual([
    expect.objectContaining({ rootServiceName: 'web', rootOperationName: 'call', spanCount: 2 }),
  ]);
  expect(summaries[0]).not.toHaveProperty('orphanSpanCount');
});

test('thousands of spans that share an id are each stored once, however large the first span and their resource are', () => {
  const large = 'x'.repeat(2 * 2 ** 20);
  const spans = Array.from({ length: 5000 }, (_, index) => ({
    traceId: ID,
    spanId: CALL,
    kind: 2 + (index % 2),
    name: index === 0 ? large : `${index}`,
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: large } }] };
  const body = { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] };
  expect(storing(body, body).store.stats().spans).toBe(5000);
});
