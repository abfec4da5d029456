import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ID, useAnswers } from '../../test/answers.ts';

const api = useAnswers();

it('prints the newest trace of all services', async () => {
  const { code, out, err } = await api.run('trace');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain(`Trace ${ID}`);
  for (const service of ['cleaning-worker', 'dispo']) {
    const search = new RegExp(`^GET /api/v3/traces\\?query.serviceName=${service}&query.startTimeMin=`);
    expect(api.requests).toContainEqual(expect.stringMatching(search));
  }
});

it('prints the newest trace of the requested service or example', async () => {
  const newestOf = async (wish: string) => {
    api.requests.length = 0;
    await api.run('trace', ['last', wish]);
    return /serviceName=([\w-]+)/.exec(api.requests[0] ?? '')?.[1];
  };
  expect(await newestOf('--service=dispo')).toBe('dispo');
  expect(await newestOf('--example=shop')).toBe('api-gateway');
});

it('prints only the structure, the same every time', async () => {
  const { out } = await api.run('trace', [ID, '--no-times']);
  expect(out).toMatch(/^SERVER {3}POST \/api\/v1\/bookings +dispo\n/);
  expect(out).not.toMatch(/ ms|http:/);
});

it('reports that there is no trace, and how to make one', async () => {
  delete api.answers['GET /api/v3/traces'];
  const last = await api.run('trace', ['last']);
  expect(last).toMatchObject({ code: 1, out: '' });
  expect(last.err).toMatch(/^There is no trace of the last hour at .*\. Make one with/);
  const other = await api.run('trace', ['ab'.repeat(16)]);
  expect(other.code).toBe(1);
  expect(other.err).toContain(`There is no trace ${'ab'.repeat(16)} at ${api.url}.`);
});

it('imports a file into the viewer, and prints what was stored and what was rejected', async () => {
  api.answers['POST /import'] = () => ({
    status: 400,
    body: { traces: [ID], spans: 2, logs: 1, points: 0, problems: ['the body: 1 of 3 spans rejected: no id'] },
  });
  const file = join(import.meta.dirname, '../../package.json');
  const { code, out, err } = await api.spawned('trace', ['import', file]);
  expect({ code, out, err }).toEqual({
    code: 1,
    out: `Stored traces: 1, spans: 2, log lines: 1, data points: 0\n${api.url}/trace/${ID}\n`,
    err: `${file}: 1 of 3 spans rejected: no id\n`,
  });
  expect((await api.run('trace', ['import', 'nowhere.json'])).err).toContain('Cannot read nowhere.json: ENOENT');
  expect((await api.run('trace', ['import'])).code).toBe(2);
});
