import { expect, test } from 'vitest';
import { appWith } from '../support/app.ts';
import { request, spanId, traceId } from '../support/spans.ts';

const ID = traceId(1);

test('the trace page and its parts reject the same values with 400 and the reason', async () => {
  const { get } = appWith([request({ traceId: ID, spanId: spanId(1) })]);
  for (const path of [`/trace/${ID}`, `/trace/${ID}/ruler`, `/trace/${ID}/spans/${spanId(1)}`]) {
    const [status, body] = await get(path, { view: 'list' });
    expect(status).toBe(400);
    expect(body).toMatch(/view is (&quot;|")list\1: write one of timeline, flame, spans/);
  }
});

test('the trace page ignores parameters that it does not know, as Jaeger does', async () => {
  const { get } = appWith([request({ traceId: ID, spanId: spanId(1) })]);
  expect((await get(`/trace/${ID}`, { uiEmbed: 'v0' }))[0]).toBe(200);
});
