import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Viewer } from '../../src/viewer.ts';
import { borrowBrowser, openPage } from '../browser/browser.ts';
import { chromiumPath } from '../browser/chromium.ts';
import { appWith } from '../support/app.ts';
import { openViewer, postJson, query, startViewer } from '../support/harness.ts';
import { logRequest } from '../support/logs.ts';
import { DELTA, exponential, gauge, histogram, metricRequest, sum } from '../support/metrics.ts';
import { request, type SpanInput, spanId, T0, traceId } from '../support/spans.ts';

borrowBrowser();

const EVIL = `"><script>alert(1)</script><img src=x onerror=alert(2)>'&<svg/onload=alert(3)>`;
const FAR = '18446744073709551615';

/** Everything that a sender may get wrong, by accident or on purpose. */
function hostileSpans(startMs: number): SpanInput[] {
  const evil: SpanInput = {
    traceId: traceId(1),
    spanId: spanId(1),
    service: EVIL,
    name: EVIL,
    startMs,
    kind: 4,
    traceState: EVIL,
    attributes: { [EVIL]: EVIL, 'url.full': 'javascript:alert(4)', 'messaging.destination.name': EVIL },
    status: { code: 2, message: EVIL },
    events: [
      { name: EVIL, timeUnixNano: '1', attributes: [{ key: 'exception.stacktrace', value: { stringValue: EVIL } }] },
    ],
    links: [
      { traceId: traceId(1), spanId: spanId(2) },
      { traceId: '', spanId: '' },
      { traceId: 'not hex "><script>', spanId: '../../search' },
    ],
  };
  const at = { traceId: traceId(1), startMs };
  return [
    evil,
    { ...at, spanId: spanId(2), parentSpanId: spanId(1), service: `worker ${EVIL}`, name: EVIL, kind: 5 },
    { ...at, spanId: spanId(3), parentSpanId: spanId(3), name: 'its own parent' },
    { ...at, spanId: spanId(4), parentSpanId: spanId(5), name: 'circle' },
    { ...at, spanId: spanId(5), parentSpanId: spanId(4), name: 'circle' },
    { ...at, spanId: spanId(6), parentSpanId: spanId(99), name: 'orphan' },
    { ...at, spanId: spanId(7), name: 'x'.repeat(100_000), service: 'y'.repeat(100_000) },
    { ...at, spanId: spanId(8), name: 'ends before it starts', durationMs: -5000 },
    { traceId: traceId(2), spanId: spanId(1), name: 'far future', startTimeUnixNano: FAR, endTimeUnixNano: FAR },
    { traceId: traceId(3), spanId: spanId(1), name: 'no time at all', startTimeUnixNano: '0', endTimeUnixNano: '0' },
    { traceId: traceId(4), spanId: spanId(1), name: 'for ever', startTimeUnixNano: '0', endTimeUnixNano: FAR },
    { traceId: traceId(5), spanId: spanId(1), name: '', service: '', kind: 77, status: { code: 99 } },
  ];
}

/** The same in log records. */
const hostileLogs = logRequest(
  {
    service: EVIL,
    message: EVIL,
    severityText: EVIL,
    severityNumber: 99,
    eventName: EVIL,
    attributes: { [EVIL]: EVIL, 'exception.stacktrace': EVIL },
    traceId: traceId(1),
    spanId: spanId(1),
  },
  { message: 'x'.repeat(100_000), service: 'y'.repeat(100_000), severityNumber: 17, traceId: EVIL, spanId: EVIL },
  { timeUnixNano: FAR, body: { kvlistValue: { values: [{ key: EVIL, value: { stringValue: EVIL } }] } } },
  { timeUnixNano: '0', body: {} },
  { severityNumber: 17, message: EVIL, traceId: traceId(1), spanId: spanId(98) },
);

/** The same in metrics. */
const hostileMetrics = (seconds: number) =>
  metricRequest(
    [
      { ...gauge(EVIL, { at: seconds, value: 1, attributes: { [EVIL]: EVIL } }), unit: EVIL, description: EVIL },
      { ...sum('huge', DELTA, { at: seconds, from: seconds - 5, value: 1e308 }), unit: `{${EVIL}}`, description: EVIL },
      histogram(`times ${EVIL}`, DELTA, {
        at: seconds,
        counts: [1, 1, 0, 1],
        attributes: { [EVIL]: EVIL },
        exemplars: [
          { at: seconds, value: 5, traceId: EVIL, spanId: EVIL },
          { at: seconds, value: -1e300, traceId: traceId(1), spanId: EVIL },
        ],
      }),
      exponential('wide', DELTA, [{ at: seconds, scale: -10, offset: -1, counts: [1], zeroCount: 1 }]),
    ],
    { service: EVIL, instance: EVIL },
  );
const METRICS = [EVIL, 'huge', `times ${EVIL}`, 'wide'].map(
  (name) => `/instruments?service=${encodeURIComponent(EVIL)}&instrument=${encodeURIComponent(name)}`,
);

const PATHS = [
  '/instruments',
  ...METRICS,
  `/instruments?service=${encodeURIComponent(EVIL)}&name=${encodeURIComponent(EVIL)}&lookback=15m`,
  `/instruments?lookback=${encodeURIComponent(EVIL)}`,
  '/logs',
  `/logs?${['service', 'severity', 'text', 'trace', 'before'].map((name) => `${name}=${encodeURIComponent(EVIL)}`).join('&')}`,
  `/logs?text=${encodeURIComponent('<script>')}&service=${encodeURIComponent(EVIL)}`,
  `/api/logs?trace=${traceId(1)}`,
  '/search?lookback=7d&limit=100',
  `/search?service=${encodeURIComponent(EVIL)}&operation=${encodeURIComponent(EVIL)}&tags=${encodeURIComponent(EVIL)}`,
  `/search?minDuration=${encodeURIComponent(EVIL)}`,
  `/search/results?limit=100`,
  ...[1, 2, 3, 4, 5].map((n) => `/trace/${traceId(n)}`),
  `/trace/${traceId(1)}?uiFind=${encodeURIComponent(EVIL)}`,
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `/trace/${traceId(1)}?uiFind=${spanId(n)}`),
  ...['flame', 'spans', encodeURIComponent(EVIL)].map((view) => `/trace/${traceId(1)}?view=${view}`),
  `/trace/${traceId(1)}?view=flame&at=0.0.${encodeURIComponent(EVIL)}`,
  `/trace/${traceId(1)}?view=spans&sort=${encodeURIComponent(EVIL)}&from=99`,
  `/trace/${traceId(1)}?service=${encodeURIComponent(EVIL)}&zoom=5-99999999999999999999`,
  `/trace/${traceId(4)}?zoom=${encodeURIComponent(EVIL)}`,
  `/trace/${traceId(1)}/rows?version=8&count=${encodeURIComponent(EVIL)}`,
  `/trace/${traceId(1)}/ruler?zoom=3-2`,
  `/trace/${traceId(1)}/spans/${spanId(1)}`,
  `/trace/${traceId(1)}/spans/nobody`,
  `/trace/${traceId(1)}...${traceId(2)}`,
  `/trace/${traceId(1)}...${encodeURIComponent(EVIL)}`,
  `/trace/${encodeURIComponent(EVIL)}`,
  `/trace/%E0%A4%A`,
  `/lookup?id=${encodeURIComponent(EVIL)}`,
  `/compare?a=${encodeURIComponent(EVIL)}&b=..`,
  '/dependencies',
  `/dependencies?lookback=${encodeURIComponent(EVIL)}`,
  `/dependencies?focus=${encodeURIComponent(EVIL)}`,
  '/dependencies?lookback=1h&focus=nobody',
  `/search?lookback=custom&start=1&end=2&customStart=${encodeURIComponent(EVIL)}`,
  `/search?start=${encodeURIComponent(EVIL)}`,
  '/import',
  '/assets/../main.ts',
  '/assets/%2e%2e%2fpages.ts',
  `/${encodeURIComponent(EVIL)}`,
];

describe('hostile telemetry', () => {
  let viewer: Viewer;
  beforeAll(async () => {
    viewer = await openViewer();
    const response = await postJson(viewer, request(...hostileSpans(Date.now() - T0 - 60_000)));
    expect(response.status).toBe(200);
    expect((await postJson(viewer, hostileLogs, {}, '/v1/logs')).status).toBe(200);
    const metrics = hostileMetrics((Date.now() - T0) / 1000 - 20);
    expect(await (await postJson(viewer, metrics, {}, '/v1/metrics')).json()).toEqual({});
  });
  afterAll(() => viewer?.close());

  test('are escaped on every page, and no page fails', async () => {
    for (const path of PATHS) {
      const { status, text } = await query(viewer, path);
      expect({
        path,
        status,
        open: !path.startsWith('/api') && /<script>alert|<img src=x|<svg\/onload/.test(text),
      }).toEqual({
        path,
        status: expect.toSatisfy((code: number) => code < 500),
        open: false,
      });
    }
  });

  test('pass through Jaeger’s APIs only as data', async () => {
    for (const path of [
      `/api/v3/traces/${traceId(1)}`,
      `/api/traces/${traceId(1)}`,
      `/api/traces?service=${encodeURIComponent(EVIL)}`,
      '/api/dependencies',
    ]) {
      const { status, body } = await query(viewer, path);
      expect({ path, status }).toEqual({ path, status: 200 });
      if (path.includes('traces')) expect(JSON.stringify(body)).toContain(JSON.stringify(EVIL).slice(1, -1));
    }
  });

  test('are shown on pages that forbid foreign scripts, frames and forms', async () => {
    for (const path of ['/search', `/trace/${traceId(1)}`, '/dependencies', '/nothing', '/api/v3/services']) {
      const response = await fetch(`http://127.0.0.1:${viewer.ports.query}${path}`);
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).not.toContain('unsafe');
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  const pages = PATHS.filter((path) => !path.startsWith('/assets')).map(
    (path) => [path.replaceAll(encodeURIComponent(EVIL), 'HOSTILE'), path] as const,
  );
  // A test per page, so that the pages do not share the time limit of one test.
  test.skipIf(chromiumPath === undefined).each(pages)('execute nothing in a browser on %s', async (_, path) => {
    const { page, complaints } = await openPage(viewer, path);
    // Errors and violations of the policy may be reported after the page has loaded.
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))');
    expect(complaints).toEqual([]);
  });
});

describe('a trace as large as the store', () => {
  let app: ReturnType<typeof appWith>['app'];
  beforeAll(() => {
    const spans = Array.from({ length: 20_000 }, (_, n) => ({
      traceId: traceId(1),
      spanId: spanId(n + 1),
      ...(n === 0 ? {} : { parentSpanId: spanId(n) }),
    }));
    ({ app } = appWith([request(...spans)], { maxSpans: 100_000 }));
  });

  test('is paginated with each span below the other, and opens at the requested span', async () => {
    const rows = async (path: string): Promise<string[]> =>
      [...(await (await app.request(path)).text()).matchAll(/id="s-([0-9a-f]{16})"/g)].map(([, id]) => id ?? '');
    expect(await rows(`/trace/${traceId(1)}`)).toHaveLength(200);
    expect((await rows(`/trace/${traceId(1)}?from=19900`)).at(-1)).toBe(spanId(20_000));
    expect(await rows(`/trace/${traceId(1)}?uiFind=${spanId(12_345)}`)).toContain(spanId(12_345));
  });

  test('can be compared, summarized and exported', async () => {
    expect((await app.request(`/trace/${traceId(1)}...${traceId(1)}`)).status).toBe(200);
    expect((await app.request(`/api/v3/traces/${traceId(1)}`)).status).toBe(200);
    for (const view of ['flame', 'spans']) {
      expect((await app.request(`/trace/${traceId(1)}?view=${view}`)).status).toBe(200);
    }
  });
});

test('the search window moves with the clock: the same URL finds fewer traces later', async () => {
  let now = T0 + 60_000;
  const { app } = appWith([request({ traceId: traceId(1), spanId: spanId(1) })], { now: () => new Date(now) });
  const found = async (): Promise<boolean> =>
    (await (await app.request('/search?lookback=5m')).text()).includes(`/trace/${traceId(1)}`);
  expect(await found()).toBe(true);
  now += 10 * 60_000;
  expect(await found()).toBe(false);
});

test('returns 204 to an open page if nothing is new', async () => {
  const viewer = await startViewer();
  await postJson(viewer, request({ traceId: traceId(1), spanId: spanId(1), startMs: Date.now() - T0 }));
  const first = await fetch(`http://127.0.0.1:${viewer.ports.query}/search/results?since=-1`);
  const version = first.headers.get('x-store-version');
  expect(await first.text()).toContain(traceId(1));
  expect((await query(viewer, `/search/results?since=${version}`)).status).toBe(204);
});

test('the page shows how many traces were evicted', async () => {
  const viewer = await startViewer({ limits: { maxSpans: 2, maxBytes: 2 ** 20 } });
  await postJson(viewer, request(...[1, 2, 3].map((n) => ({ traceId: traceId(n), spanId: spanId(n) }))));
  expect((await query(viewer, '/dependencies')).text).toContain('Dropped to make room: 1 older trace (1 span)');
});
