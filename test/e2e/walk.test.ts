import { readFileSync } from 'node:fs';
import { httpJson, type TracedSystem } from '@hotel/trace-test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHotel } from './harness/hotel.ts';

const guide = readFileSync(new URL('../../docs/tracing.md', import.meta.url), 'utf8');
const [, walk = ''] = /<!-- walk .*-->\n```\n([\s\S]*?)```/.exec(guide) ?? [];
const steps = [...walk.matchAll(/^curl (.*)\n# (\d{3}): (.*)$/gm)].map(([, command = '', status, body = '']) => ({
  command,
  status: Number(status),
  body: JSON.parse(body) as unknown,
}));

let traced: TracedSystem;
beforeAll(async () => {
  traced = await startHotel();
});
afterAll(() => traced?.stop());

/** The request of a command line in the guide, at the addresses of this run. */
function requestOf(command: string): { url: string; method: string; body?: unknown } {
  const [, port = '', path = ''] = /localhost:(\d+)(\/[^' ]*)/.exec(command) ?? [];
  const url = traced.url(port === '8080' ? 'DISPO_PORT' : 'CLEANING_PORT') + path;
  const [, body] = /-d '(.*)'/.exec(command) ?? [];
  return body === undefined
    ? { url, method: /-X (\w+)/.exec(command)?.[1] ?? 'GET' }
    : { url, method: 'POST', body: JSON.parse(body) };
}

describe('the walk through the whole stay', () => {
  it('has steps', () => {
    expect(steps.length).toBe(walk.match(/^curl/gm)?.length);
    expect(steps.length).toBeGreaterThan(8);
  });

  it.each(steps)('$command', async ({ command, status, body }) => {
    const { url, method, body: sent } = requestOf(command);
    // A change may take effect a moment later, through the queue; repeating a request is safe.
    await expect
      .poll(async () => httpJson(url, { method, ...(sent === undefined ? {} : { body: sent }) }))
      .toMatchObject({ status, body });
  });
});
