import { telemetryState } from '@hotel/telemetry';
import { afterEach, describe, expect, it } from 'vitest';
import { type Checks, healthRoutes } from './health.ts';

afterEach(() => {
  telemetryState.enabled = false;
  telemetryState.dropped.clear();
  telemetryState.scrape = undefined;
});

const works: Checks[string] = { fatal: true, check: async () => 'answers' };
const fails = (fatal: boolean): Checks[string] => ({
  fatal,
  check: async () => {
    throw new Error('Redis cannot be reached');
  },
});

async function readiness(checks: Checks) {
  const response = await healthRoutes(checks).request('/readyz');
  return { status: response.status, body: await response.json() };
}

describe('/livez', () => {
  it('returns 200 whatever the state of the dependencies', async () => {
    let asked = 0;
    const check = async () => {
      asked++;
      throw new Error('no');
    };
    const response = await healthRoutes({ database: { fatal: true, check } }).request('/livez');
    expect([response.status, await response.json(), asked]).toEqual([200, { status: 'ok' }, 0]);
  });
});

describe('/readyz', () => {
  it('returns 200 and lists the checks when all of them pass', async () => {
    expect(await readiness({ database: works })).toEqual({
      status: 200,
      body: {
        status: 'ok',
        checks: { database: { ok: true, detail: 'answers' } },
        telemetry: { enabled: false, dropped_spans: 0 },
      },
    });
  });

  it('returns 503 and names the check when a fatal check fails', async () => {
    const { status, body } = await readiness({ redis: fails(true), database: works });
    expect(status).toBe(503);
    expect(body).toMatchObject({
      status: 'unavailable',
      checks: { redis: { ok: false, detail: 'Redis cannot be reached' }, database: { ok: true } },
    });
  });

  it('is degraded but ready when a non-fatal check fails', async () => {
    const { status, body } = await readiness({ redis: fails(false), database: works });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'degraded',
      checks: { redis: { ok: false, detail: 'Redis cannot be reached' }, database: { ok: true } },
    });
  });

  it('runs all checks in parallel, and responds although some never finish', async () => {
    let begun = 0;
    const hangs: Checks[string] = {
      fatal: true,
      check: () => {
        begun++;
        return new Promise(() => {});
      },
    };
    const routes = healthRoutes({ redis: hangs, queue: hangs, database: works }, 20);
    const answers = [await routes.request('/readyz'), await routes.request('/readyz')];
    const late = { ok: false, detail: 'no answer within 0.02 s' };
    for (const answer of answers) {
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({ checks: { redis: late, queue: late, database: { ok: true } } });
    }
    // Once for each of the two: a hanging check is not started again.
    expect(begun).toBe(2);
  });

  it('starts a check again after it has finished', async () => {
    let begun = 0;
    const routes = healthRoutes({ redis: { fatal: true, check: async () => `answer ${++begun}` } });
    for (const detail of ['answer 1', 'answer 2']) {
      expect(await (await routes.request('/readyz')).json()).toMatchObject({ checks: { redis: { detail } } });
    }
  });

  it('reports dropped spans', async () => {
    telemetryState.enabled = true;
    telemetryState.dropped.set('queue_full', 3).set('timeout', 1);
    expect((await readiness({})).body).toMatchObject({ telemetry: { enabled: true, dropped_spans: 4 } });
  });
});

describe('/metrics', () => {
  it('returns the Prometheus text format', async () => {
    telemetryState.scrape = async () => 'hotel_outbox_depth 3\n';
    const response = await healthRoutes({}).request('/metrics');
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toBe('hotel_outbox_depth 3\n');
  });

  it('explains why it is empty when metrics are off', async () => {
    const response = await healthRoutes({}).request('/metrics');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ detail: expect.stringContaining('OTEL_SDK_DISABLED') });
  });
});
