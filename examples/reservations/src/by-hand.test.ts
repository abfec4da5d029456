import { Hono } from 'hono';
import { expect, it } from 'vitest';
import { serveByHand } from './by-hand.ts';

it('without an SDK there is no trace to tell the caller of', async () => {
  const app = new Hono().use(serveByHand).get('/works', (c) => c.text('works'));
  const { status, headers } = await app.request('/works');
  expect(status).toBe(200);
  expect(headers.get('traceresponse')).toBeNull();
  expect(headers.get('server-timing')).toBeNull();
});
