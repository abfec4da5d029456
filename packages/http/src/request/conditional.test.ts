import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { answerTagged, entityTag, expectedBy } from './conditional.ts';

const tag = entityTag({ name: 'x' }, 3);
const app = new Hono();
app.get('/', (c) => answerTagged(c, { name: 'x' }, tag));
app.put('/', (c) => {
  const expected = expectedBy(c, (known, current: string) => known === current);
  return c.text(String(expected?.(tag) ?? 'nothing expected'));
});

it('an entity tag begins with the revision and changes with the representation', () => {
  expect(tag).toMatch(/^"3\.[\w-]{16}"$/);
  expect(entityTag({ name: 'x' })).toMatch(/^"[\w-]{16}"$/);
  expect(entityTag({ name: 'y' }, 3)).not.toBe(tag);
});

describe('If-None-Match', () => {
  const read = async (value: string) => {
    const response = await app.request('/', { headers: { 'if-none-match': value } });
    expect(response.headers.get('etag')).toBe(tag);
    return [response.status, await response.text()];
  };

  it.each([tag, `W/${tag}`, `"a", ${tag}`, `"a,b",W/"c" , ${tag} `, '*', ' * '])(
    '%s is answered by 304',
    async (value) => {
      expect(await read(value)).toEqual([304, '']);
    },
  );

  it.each(['"a"', '""', tag.slice(1, -1), `${tag} "a"`, `w/${tag}`, `"${tag}"`, ',', ''])(
    '%s is answered in full',
    async (value) => {
      expect(await read(value)).toEqual([200, '{"name":"x"}']);
    },
  );
});

describe('If-Match', () => {
  const change = async (value?: string) =>
    (
      await app.request('/', { method: 'PUT', ...(value === undefined ? {} : { headers: { 'if-match': value } }) })
    ).text();

  it.each([tag, `"a", ${tag}`, `${tag},"a"`, `W/"a", ${tag}`, '*'])('%s is met', async (value) => {
    expect(await change(value)).toBe('true');
  });

  it.each([`W/${tag}`, '"a"', tag.slice(1, -1), `${tag} "a"`, '"', '*, "a"', ''])('%s is not met', async (value) => {
    expect(await change(value)).toBe('false');
  });

  it('expects nothing when the header is missing', async () => {
    expect(await change()).toBe('nothing expected');
  });
});
