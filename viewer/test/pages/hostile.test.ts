import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Viewer } from '../../src/viewer.ts';
import { borrowBrowser, complaintsOf } from '../browser/browser.ts';
import { chromiumPath } from '../browser/chromium.ts';
import { appWith } from '../support/app.ts';
import { postJson, query, startViewer } from '../support/harness.ts';
import { EVIL, named, openHostileViewer, PATHS } from '../support/hostile.ts';
import { request, spanId, T0, traceId } from '../support/spans.ts';

borrowBrowser();

describe('hostile telemetry', () => {
  let viewer: Viewer;
  beforeAll(async () => {
    viewer = await openHostileViewer();
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

  // `every-page.test.ts` opens all of them.
  const pages = ['instruments', 'logs', 'search', 'trace', 'dependencies'].flatMap((page) =>
    PATHS.filter((path) => path.startsWith(`/${page}?`) || path.startsWith(`/${page}/`)).slice(0, 1),
  );
  test.skipIf(chromiumPath === undefined).each(pages.map(named))(
    'execute nothing in a browser on %s',
    async (_, path) => expect(await complaintsOf(viewer, path)).toEqual([]),
  );
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
