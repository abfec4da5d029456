import { freePorts } from '@hotel/system';
import { expect, it } from 'vitest';
import { ID, useAnswers } from '../../test/answers.ts';

const api = useAnswers();

it('explains what to do when no hotel runs', async () => {
  const [port] = await freePorts(1);
  const env = { DISPO_URL: `http://127.0.0.1:${port}`, JAEGER_QUERY_URL: `http://127.0.0.1:${port}` };
  const book = await api.run('book', [], env);
  expect(book).toMatchObject({ code: 1, out: '' });
  expect(book.err).toMatch(/ECONNREFUSED\nStart the hotel with/);
  const trace = await api.run('trace', [], env);
  expect(trace).toMatchObject({ code: 1, out: '' });
  expect(trace.err).toMatch(/ECONNREFUSED.*JAEGER_QUERY_URL.*\n.*start it with/);
});

it.each([
  ['trace', ['zz']],
  ['trace', ['0'.repeat(32)]],
  ['trace', [ID, ID]],
  ['trace', ['--loud']],
  ['trace', ['--service=dispo', '--example=shop']],
  ['trace', ['--port-offset=many']],
  ['book', ['--start', 'tomorrow']],
  ['book', ['now']],
] as const)('rejects `%s %s` with its usage and exit code 2', async (command, args) => {
  const { code, err } = await api.run(command, [...args]);
  expect(code).toBe(2);
  expect(err).toContain(`Usage: npx -y pnpm@12 ${command}`);
  expect(api.requests).toEqual([]);
});
