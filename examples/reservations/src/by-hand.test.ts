import { Hono } from 'hono';
import { expect, it } from 'vitest';
import { serveByHand } from './by-hand.ts';

it('sends no trace headers to the caller without an SDK', async () => {
  const app = new Hono().use(serveByHand).get('/works', (c) => c.text('works'));
  const { status, headers } = await app.request('/works');
  expect(status).toBe(200);
  expect(headers.get('traceresponse')).toBeNull();
  expect(headers.get('server-timing')).toBeNull();
});
