import { droppedSpans, telemetryState } from '@hotel/telemetry';
import { Hono } from 'hono';
import { problem } from './problem.ts';

/** What a process needs to do its work: resolves with a few words when it has it, throws what is wrong. */
export type Check = () => Promise<string>;

interface CheckResult {
  ok: boolean;
  detail: string;
}

/** Without `fatal`, a check that fails is told but leaves the process ready: it can do its work without. */
export interface Checks {
  [name: string]: { check: Check; fatal: boolean };
}

/** The format of https://prometheus.io/docs/instrumenting/exposition_formats/; without the version Prometheus 3 has to guess. */
const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * What an internal listener answers to machines: `/livez`, which touches nothing, `/readyz`, which touches what the process depends
 * on, and `/metrics`.
 */
export function healthRoutes(checks: Checks): Hono {
  const app = new Hono();
  app.get('/livez', (c) => c.json({ status: 'ok' }));
  app.get('/readyz', async (c) => {
    const results: Record<string, CheckResult> = {};
    for (const [name, { check }] of Object.entries(checks)) {
      try {
        results[name] = { ok: true, detail: await check() };
      } catch (error) {
        results[name] = { ok: false, detail: error instanceof Error ? error.message : String(error) };
      }
    }
    const ready = Object.entries(checks).every(([name, { fatal }]) => !fatal || results[name]?.ok);
    const telemetry = { enabled: telemetryState.enabled, dropped_spans: droppedSpans() };
    return c.json({ status: ready ? 'ok' : 'unavailable', checks: results, telemetry }, ready ? 200 : 503);
  });
  app.route('/', metricsRoutes());
  return app;
}

/** `/metrics` alone: what a Prometheus may reach that may not reach an internal API. */
export function metricsRoutes(): Hono {
  const app = new Hono();
  app.get('/metrics', async (c) => {
    if (telemetryState.scrape) return c.body(await telemetryState.scrape(), 200, { 'content-type': PROMETHEUS_TEXT });
    const detail =
      'nothing is measured here: OTEL_SDK_DISABLED is true, or the process runs without @hotel/telemetry/register';
    return problem(c, { status: 404, detail });
  });
  return app;
}
