import type { Viewer } from '../../src/viewer.ts';
import { openViewer, postJson } from './harness.ts';
import { logRequest } from './logs.ts';
import { DELTA, exponential, gauge, histogram, metricRequest, sum } from './metrics.ts';
import { request, type SpanInput, spanId, T0, traceId } from './spans.ts';

export const EVIL = `"><script>alert(1)</script><img src=x onerror=alert(2)>'&<svg/onload=alert(3)>`;
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
    { traceId: traceId(4), spanId: spanId(1), name: 'endless', startTimeUnixNano: '0', endTimeUnixNano: FAR },
    { traceId: traceId(5), spanId: spanId(1), name: '', service: '', kind: 77, status: { code: 99 } },
  ];
}

/** The same mistakes in log records. */
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

/** The same mistakes in metrics. */
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

/** Paths of every page with this telemetry, and paths that are hostile themselves. */
export const PATHS = [
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

/** A viewer that has accepted all of this telemetry. */
export async function openHostileViewer(): Promise<Viewer> {
  const viewer = await openViewer();
  const metrics = hostileMetrics((Date.now() - T0) / 1000 - 20);
  for (const [path, body] of [
    ['/v1/traces', request(...hostileSpans(Date.now() - T0 - 60_000))],
    ['/v1/logs', hostileLogs],
    ['/v1/metrics', metrics],
  ] as const) {
    const response = await postJson(viewer, body, {}, path);
    const answer = await response.text();
    if (answer !== '{}') throw new Error(`the viewer answers ${response.status} to ${path}: ${answer}`);
  }
  return viewer;
}

/** A name for a test, with the path. */
export const named = (path: string) => [path.replaceAll(encodeURIComponent(EVIL), 'HOSTILE'), path] as const;
