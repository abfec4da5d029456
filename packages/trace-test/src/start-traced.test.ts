import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRoot } from '../test/desk-system.ts';
import { httpJson } from './http-json.ts';
import { expectTrace } from './match/match.ts';
import { startTraced } from './start-traced.ts';
import { waitForTrace } from './wait.ts';

let made: Awaited<ReturnType<typeof createRoot>>;
beforeAll(async () => {
  made = await createRoot();
});
afterAll(() => made.remove());

test('one request is one trace, both as sent and in the viewer', async () => {
  await using inn = await startTraced(made.system, { root: made.root });
  const { status, traceId = '' } = await httpJson(inn.url('DESK_PORT'));
  expect(status).toBe(200);
  const visit = made.system.expectedTraces.visit;
  if (!visit) throw new Error('no shape');
  for (const source of [inn.sink, inn.query]) {
    expectTrace(await waitForTrace(source, traceId, { until: (spans) => spans.length === 2 }), visit);
  }
  expect(await inn.query.services()).toEqual(['desk']);
  const search = {
    service: 'desk',
    operation: 'GET /',
    startMs: Date.now() - 60_000,
    endMs: Date.now() + 1_000,
    limit: 5,
  };
  expect((await inn.query.search(search)).map((spans) => spans.length)).toEqual([2]);
  expect(inn.sink.forwardErrors()).toEqual([]);
  await expect
    .poll(() => inn.lines().filter(({ process, text }) => process === 'desk' && text === 'answered'))
    .toHaveLength(1);
});

test('stop shuts down every process gracefully and removes the data', async () => {
  const inn = await startTraced(made.system, { root: made.root });
  expect(existsSync(inn.dataDir)).toBe(true);
  expect(await inn.stop()).toMatchObject([
    { name: 'desk', code: 0, forced: false },
    { name: 'viewer', code: 0, forced: false },
  ]);
  expect(existsSync(inn.dataDir)).toBe(false);
  await expect(fetch(inn.sink.endpoint)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
});

test('an empty endpoint turns telemetry off; other settings reach the processes', async () => {
  await using inn = await startTraced(made.system, { root: made.root, env: { OTEL_EXPORTER_OTLP_ENDPOINT: '' } });
  expect((await httpJson(inn.url('DESK_PORT'))).traceId).toBe('0'.repeat(32));
  expect(inn.sink.requests()).toBe(0);
});

test('the error for an unknown port lists the known ports', async () => {
  await using inn = await startTraced(
    { ...made.system, processes: made.system.processes.slice(1) },
    { root: made.root },
  );
  expect(() => inn.url('BAR_PORT')).toThrow('inn has no port BAR_PORT. It has DESK_PORT.');
  expect(() => inn.query).toThrow('inn has no port VIEWER_PORT.');
});

test('a system that does not start leaves no data behind', async () => {
  const processes = made.system.processes.map((spec) => (spec.name === 'desk' ? { ...spec, entry: 'gone.ts' } : spec));
  const broken = { ...made.system, name: 'closed-inn', processes };
  await expect(startTraced(broken, { root: made.root })).rejects.toThrow('gone.ts');
  expect((await readdir(tmpdir())).filter((name) => name.startsWith('closed-inn-'))).toEqual([]);
});
