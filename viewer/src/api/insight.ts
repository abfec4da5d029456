import { Hono } from 'hono';
import { type CheckResult, checkQuality } from '../analysis/quality.ts';
import { servicePaths } from '../analysis/service-paths.ts';
import type { Span } from '../model.ts';
import type { SpanStore } from '../store/store.ts';
import { problem } from './envelope.ts';
import { BadParameter, parseInteger } from './params.ts';

const HOUR_NANOS = 3_600_000_000_000n;
const DOCUMENTATION = 'https://github.com/jaegertracing/jaeger-analytics-java#trace-quality-metrics';

/**
 * Data for Jaeger's pages "Trace quality" and "System architecture", for which Jaeger itself returns made-up samples.
 */
export function insightApi(store: SpanStore, now: () => Date): Hono {
  const api = new Hono();

  api.onError((error, c) => {
    if (error instanceof BadParameter) return c.json(problem(400, error.message), 400);
    throw error;
  });

  const since = (hours: string): bigint => {
    if (hours === '') return 0n;
    const count = parseInteger(hours, 32);
    if (count === undefined || count <= 0n) {
      throw new BadParameter(`unable to parse param 'hours': ${JSON.stringify(hours)} is not a number from 1`);
    }
    return BigInt(now().getTime()) * 1_000_000n - count * HOUR_NANOS;
  };

  api.get('/quality-metrics', (c) => {
    const { service = '', hours = '' } = c.req.query();
    const results = checkQuality(store, service, since(hours));
    return c.json({
      traceQualityDocumentationLink: DOCUMENTATION,
      scores: [
        { key: 'coverage', label: 'Instrumentation coverage', max: 100, value: score(results, 'coverage') },
        { key: 'quality', label: 'Trace quality', max: 100, value: score(results, 'quality') },
      ],
      // Without spans to check there is no percentage.
      metrics: results.filter(({ passed, failed }) => passed + failed > 0).map(toMetric),
    });
  });

  api.get('/deep-dependencies', (c) => {
    const paths = servicePaths(store, c.req.query('service') ?? '', c.req.query('operation') ?? '');
    return c.json({
      dependencies: paths.map(({ hops, traceIds }) => ({
        path: hops,
        attributes: traceIds.map((value) => ({ key: 'exemplar_trace_id', value })),
      })),
    });
  });

  return api;
}

/** In percent, rounded down, so that 100 means no failures. */
function score(results: CheckResult[], category: string): number {
  const counted = results.filter(({ check }) => check.category === category);
  const passed = counted.reduce((sum, result) => sum + result.passed, 0);
  const all = counted.reduce((sum, result) => sum + result.failed, passed);
  return all === 0 ? 100 : Math.floor((100 * passed) / all);
}

const toMetric = ({ check, passed, failed, passExamples, failExamples }: CheckResult) => ({
  name: check.name,
  category: check.category,
  description: check.description,
  metricDocumentationLink: check.link,
  metricWeight: check.category === 'coverage' ? 1 : 0.5,
  passCount: passed,
  passExamples: passExamples.map(toExample),
  failureCount: failed,
  failureExamples: failExamples.map(toExample),
  exemptionCount: null,
  exemptionExamples: null,
  details: null,
});

const toExample = ({ traceId, spanId }: Span) => ({ spanIDs: [spanId], traceID: traceId });
