import { createLogger } from '@hotel/log';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createApp } from '../app.ts';
import { internalTokenSettings, tokenToSend } from './internal.ts';

const settings = z.object(internalTokenSettings);

function appWith(internalToken?: string) {
  const app = createApp({ errors: {}, log: createLogger(), internalToken });
  app.get('/internal/v1/things', (c) => c.json({ name: 'x' }));
  app.get('/livez', (c) => c.json({ status: 'ok' }));
  return (path: string, authorization?: string) =>
    app.request(path, authorization ? { headers: { authorization } } : {});
}

describe('with HOTEL_INTERNAL_TOKEN', () => {
  const ask = appWith('new,old');

  it.each([
    ['no token', undefined],
    ['an unknown token', 'Bearer other'],
    ['a prefix of a token', 'Bearer ol'],
    ['the whole list', 'Bearer new,old'],
    ['an empty token', 'Bearer '],
    ['another scheme', 'Basic new'],
  ])('a call with %s gets 401, whether the path exists or not', async (_, authorization) => {
    for (const path of ['/internal/v1/things', '/internal/v1/nothing']) {
      const response = await ask(path, authorization);
      expect([response.status, response.headers.get('www-authenticate')?.slice(0, 20)]).toEqual([
        401,
        'Bearer realm="hotel"',
      ]);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
    }
  });

  it.each(['new', 'old'])('accepts a call with either of two tokens (%s)', async (token) => {
    expect((await ask('/internal/v1/things', `Bearer ${token}`)).status).toBe(200);
  });

  it('probes need no token', async () => {
    expect((await ask('/livez')).status).toBe(200);
  });
});

it('without HOTEL_INTERNAL_TOKEN every call is accepted', async () => {
  expect((await appWith()('/internal/v1/things')).status).toBe(200);
});

it('sends the first token', () => {
  expect([tokenToSend('new,old'), tokenToSend('one'), tokenToSend(undefined)]).toEqual(['new', 'one', undefined]);
});

it.each([' ', ',', 'a,', 'a,b,c', 'a:read', 'ä', 'a b'])('rejects %j as HOTEL_INTERNAL_TOKEN', (value) => {
  expect(settings.safeParse({ HOTEL_INTERNAL_TOKEN: value }).success).toBe(false);
});
