import { expect, it } from 'vitest';
import { z } from 'zod';
import { safeError, safeText, withoutValues } from './safe-error.ts';

const SECRET = 'hunter2-of-mrs-miller';
const everything = (error: unknown) => JSON.stringify([safeError(error), String(withoutValues(error).stack)]);

it('keeps type, message, code, stack and the causes of an error', () => {
  const cause = Object.assign(new RangeError('too far'), { code: 'E_FAR' });
  const safe = safeError(new TypeError('no such room', { cause }));
  expect(safe).toMatchObject({
    ...{ type: 'TypeError', message: 'no such room' },
    cause: { type: 'RangeError', message: 'too far', code: 'E_FAR' },
  });
  expect(safe.stack).toMatch(/^TypeError: no such room\n\s+at .*safe-error\.test\.ts/);
});

it('keeps the errors of an AggregateError', () => {
  const safe = safeError(new AggregateError([new Error('v4'), new Error('v6')], 'nobody answers'));
  expect(safe.errors?.map(({ message }) => message)).toEqual(['v4', 'v6']);
});

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}

class Hostile extends Error {
  override get message(): string {
    throw new Error(SECRET);
  }
}

it.each<[string, unknown]>([
  [
    'the arguments of a Redis command',
    Object.assign(new Error('NOAUTH'), { command: { name: 'auth', args: [SECRET] }, previousErrors: [SECRET] }),
  ],
  ['the arguments that Redis repeats', new Error(`ERR unknown command 'auth', with args beginning with: '${SECRET}' `)],
  [
    'the parameters of a query',
    Object.assign(new Error(`Failed query: insert into "stays"\nparams: 1,${SECRET}\n    at home,2`), {
      query: 'insert',
      params: [SECRET],
    }),
  ],
  ['the user and password of a URL', new Error(`connect ECONNREFUSED redis://user:${SECRET}@redis:6379/0`)],
  ['the password of a URL without a user', new Error(`bad: rediss://:${SECRET}@@redis`)],
  ['the query string of a URL', new Error(`GET https://collector:4318/v1/traces?token=${SECRET} failed`)],
  ['the text that is not JSON', parse(SECRET)],
  ['the text around a JSON syntax error', parse(`{"a": "b", ${SECRET}`)],
  ['the URL that Node could not parse', parseUrl(`http://${SECRET}:x:y`)],
  ['the argument that Node rejected', argumentError()],
  ['unknown keys that zod names', z.strictObject({}).safeParse({ [SECRET]: 1 }).error],
  ['values that zod rejected', z.object({ end: z.literal('a') }).safeParse({ end: SECRET }).error],
  ['any other property', Object.assign(new Error('no'), { detail: SECRET, config: { headers: { cookie: SECRET } } })],
  ['a property of a cause', new Error('no', { cause: Object.assign(new Error('why'), { body: SECRET }) })],
  ['a cause that is not an error', new Error('no', { cause: { body: SECRET } })],
  ['a thrown value that is not an error', { body: SECRET }],
  ['a code that is free text', Object.assign(new Error('no'), { code: `it was ${SECRET}` })],
  ['a message that cannot be read', new Hostile()],
])('leaves out %s', (_what, error) => {
  expect(error).toBeDefined();
  expect(everything(error)).not.toContain(SECRET);
});

function parseUrl(text: string): unknown {
  try {
    return new URL(text);
  } catch (error) {
    return error;
  }
}

function argumentError(): unknown {
  try {
    return Buffer.alloc(SECRET as unknown as number);
  } catch (error) {
    return error;
  }
}

it('stops at circular causes', () => {
  const error = new Error('round');
  error.cause = error;
  expect(JSON.stringify(safeError(error))).toContain('round');
});

it('keeps text that is not secret', () => {
  for (const text of [
    'redis://redis:6379/0 refuses connections',
    'at file:///srv/node_modules/.pnpm/@hono/node-server@2.1.8/index.mjs:1:2',
    'mail the front desk at desk@hotel.example',
  ]) {
    expect(safeText(text)).toBe(text);
  }
});

it('copies an error with its class and code only', () => {
  const copy = withoutValues(Object.assign(new TypeError('no'), { code: 'E_NO', params: [SECRET] }));
  expect(copy).toMatchObject({ name: 'TypeError', message: 'no', code: 'E_NO' });
  expect(copy).not.toHaveProperty('params');
});
