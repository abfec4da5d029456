import { droppedSpans, telemetryState } from '@hotel/telemetry';
import { Hono } from 'hono';

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

/** `/livez`, which touches nothing, and `/readyz`, which touches what the process depends on. */
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
  return app;
}
