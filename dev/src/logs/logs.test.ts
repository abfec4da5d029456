import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ID, useAnswers } from '../../test/answers.ts';

const api = useAnswers();

const LOG = {
  sequence: 4,
  timeUnixNano: '1801300500123456789',
  service: 'dispo',
  severity: 'warn',
  severityNumber: 13,
  message: 'room \u001b[31m101 is taken',
  eventName: 'booking.rejected',
  traceId: ID,
  spanId: '00f067aa0ba902b7',
  attributes: { 'hotel.room.number': '101', 'exception.stacktrace': 'Error: taken\n    at book' },
};

it('prints stored log lines, filtered, without control characters', async () => {
  api.answers['GET /api/logs'] = () => ({ body: { logs: [LOG], last: 4 } });
  const { code, out, err } = await api.spawned('logs', ['--trace', ID, '--severity=warn']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^\d\d:\d\d:00\.123 warn {2}dispo room \ufffd\[31m101 is taken event=booking\.rejected /);
  expect(out).toContain(`hotel.room.number=101 trace ${ID}\n    Error: taken\n        at book\n`);
  expect(api.requests).toEqual([`GET /api/logs?trace=${ID}&severity=warn`]);
});

it('follows the log lines from the last one on', async () => {
  let asked = 0;
  api.answers['GET /api/logs'] = () => ({ body: { logs: [{ ...LOG, message: `line ${++asked}` }], last: asked } });
  const child = spawn(process.execPath, [join(import.meta.dirname, '../logs.ts'), '--follow'], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, JAEGER_QUERY_URL: api.url },
  });
  let out = '';
  child.stdout.on('data', (data) => {
    out += data;
    if (out.includes('line 3')) child.kill('SIGINT');
  });
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
  expect(api.requests.slice(0, 3)).toEqual(['GET /api/logs?', 'GET /api/logs?after=1', 'GET /api/logs?after=2']);
});

it('reports that Jaeger has no logs, and what the viewer rejects', async () => {
  api.answers['GET /api/logs'] = () => ({ body: '<html>' });
  const jaeger = await api.spawned('logs');
  expect({ code: jaeger.code, err: jaeger.err }).toEqual({
    code: 1,
    err: expect.stringContaining('has no logs: it is not the viewer of this repository. Jaeger stores only traces'),
  });
  api.answers['GET /api/logs'] = () => ({ status: 400, body: { error: { message: 'severity is "loud"' } } });
  expect((await api.spawned('logs', ['--severity=loud'])).err).toBe(
    'The viewer rejected the search: severity is "loud"\n',
  );
});
