import { withoutValues } from '@hotel/log';
import { droppedSpans, metricsResponse, telemetryState } from '@hotel/telemetry';
import { Hono } from 'hono';
import { problem } from './problem.ts';

/** Checks one dependency: resolves with a short description when it works, rejects with the problem otherwise. */
export type Check = () => Promise<string>;

interface CheckResult {
  ok: boolean;
  detail: string;
}

/** A failed check without `fatal` makes the process degraded but still ready, since requests do not need it. */
export interface Checks {
  [name: string]: { check: Check; fatal: boolean };
}

/** Timeout per check. All checks run in parallel, so this bounds the whole response. */
const CHECK_WITHIN_MS = 1_000;

/**
 * Routes of the internal listener: `/livez`, which checks nothing, `/readyz`, which checks the dependencies, and
 * `/metrics`. `/readyz` returns 200 with the status `ok` or `degraded`, or 503 with `unavailable`.
 */
export function healthRoutes(checks: Checks, withinMs = CHECK_WITHIN_MS): Hono {
  const app = new Hono();
  app.get('/livez', (c) => c.json({ status: 'ok' }));
  const bounded = Object.entries(checks).map(
    ([name, { check, fatal }]) => [name, fatal, withinLimit(check, withinMs)] as const,
  );
  app.get('/readyz', async (c) => {
    const results = await Promise.all(
      bounded.map(async ([name, fatal, run]) => ({ name, fatal, result: await run() })),
    );
    const failed = results.filter(({ result }) => !result.ok);
    const isReady = failed.every(({ fatal }) => !fatal);
    const status = failed.length === 0 ? 'ok' : isReady ? 'degraded' : 'unavailable';
    const telemetry = { enabled: telemetryState.enabled, dropped_spans: droppedSpans() };
    const details = Object.fromEntries(results.map(({ name, result }) => [name, result]));
    return c.json({ status, checks: details, telemetry }, isReady ? 200 : 503);
  });
  app.get('/metrics', async (c) => {
    const detail =
      'nothing is measured here: OTEL_SDK_DISABLED is true, or the process runs without @hotel/telemetry/register';
    return (await metricsResponse(c.req.header('accept'))) ?? problem(c, { status: 404, detail });
  });
  return app;
}

/** A hanging check fails and is not started again until it has finished, so that probes do not pile up. */
function withinLimit(check: Check, withinMs: number): () => Promise<CheckResult> {
  let running: Promise<CheckResult> | undefined;

  function begin(): Promise<CheckResult> {
    const begun = check()
      .then(
        (detail) => ({ ok: true, detail }),
        (error: unknown) => ({ ok: false, detail: withoutValues(error).message }),
      )
      .finally(() => {
        running = undefined;
      });
    running = begun;
    return begun;
  }

  return async () => {
    const timeout = Promise.withResolvers<CheckResult>();
    const late = { ok: false, detail: `no answer within ${withinMs / 1_000} s` };
    const timer = setTimeout(() => timeout.resolve(late), withinMs);
    try {
      return await Promise.race([running ?? begin(), timeout.promise]);
    } finally {
      clearTimeout(timer);
    }
  };
}
