import { guardOf } from '@hotel/http';
import { describe, expect, it } from 'vitest';
import { openDesk, room, stay, TODAY } from '../test/desk.ts';

const guard = guardOf({
  ...{ HOTEL_API_TOKENS: 's3cret', HOTEL_CORS_ORIGINS: [], HOTEL_RATE_LIMIT: 0, HOTEL_MAX_IN_FLIGHT: 512 },
});

describe('the page', () => {
  it('shows who stays where, which rooms are clean, and what is planned', async () => {
    const { get, hotel } = openDesk();
    hotel.rooms = [
      room({ stays: [stay({ status: 'checked_in', cleaning: 'pending' })] }),
      room({ id: 2, number: '102', name: 'Suite' }),
    ];
    hotel.cleaning = {
      dirty: [1],
      tasks: [{ id: 7, day: '2027-02-03', room: '101', final: 1, booking_id: 42, done: false }],
    };
    const { status, text } = await get('/');
    expect(status).toBe(200);
    expect(text).toContain('42 checked in: booking of room 101, 5 Feb to 7 Feb, checked in, cleaning not planned yet');
    expect(text).toMatch(/<b>101<\/b> <span class="state dirty">/);
    expect(text).toMatch(/<b>102<\/b> <span class="state clean">clean<\/span><small>Suite<\/small>/);
    expect(text).toMatch(/<b>101<\/b> final clean <em>since 3 Feb<\/em>/);
    expect(text.match(/<th scope="col" data-day/g)).toHaveLength(14);
  });

  it('works without cleaning, and reports that it is missing', async () => {
    const { get, hotel } = openDesk();
    hotel.cleaning = undefined;
    const { status, text } = await get('/');
    expect(status).toBe(200);
    expect(text).toContain('Booking 42');
    expect(text).toContain('Cleaning does not answer');
    expect(text).toContain('<span class="state unknown"');
  });

  it('shows other days', async () => {
    const { get } = openDesk();
    const { text } = await get('/?start=2027-03-01&days=3');
    expect([...text.matchAll(/<th scope="col" data-day="([^"]+)"/g)].map(([, day]) => day)).toEqual([
      '2027-03-01',
      '2027-03-02',
      '2027-03-03',
    ]);
  });

  it('shows both years of days around the New Year', async () => {
    const { get } = openDesk();
    expect((await get('/?start=2026-12-27&days=7')).text).toContain('>27 Dec 2026 – 2 Jan 2027<');
    expect((await get('/?start=2026-12-27&days=3')).text).toContain('>27 Dec – 29 Dec 2026<');
  });

  it.each(['start=soon', 'days=32', 'days=0', 'after=-1', 'start=2027-02-30', 'room=1'])(
    'explains an address that selects nothing: ?%s',
    async (query) => {
      const { status, text } = await openDesk().get(`/?${query}`);
      expect(status).toBe(422);
      expect(text).toMatch(/This address selects no days: (start|days|after|the address): /);
    },
  );

  it('escapes what callers have chosen', async () => {
    const { get, hotel } = openDesk();
    const evil = `"'><script>alert(1)</script>`;
    hotel.rooms = [room({ name: evil })];
    hotel.cleaning = { dirty: [], tasks: [{ id: 7, day: TODAY, room: evil, final: 0, booking_id: 42, done: false }] };
    for (const path of ['/', `/?start=${encodeURIComponent(evil)}`, `/?${encodeURIComponent(evil)}=1`]) {
      expect((await get(path)).text).not.toContain('<script>alert');
    }
  });

  it('allows only files of its own origin, and no inline code', async () => {
    const { response, text } = await openDesk().get('/');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|data:|https?:/);
    expect(text).not.toMatch(/<script(?![^>]* src="\/front-desk\/)|<style| style=| on\w+=/);
  });

  it.each(['page.js', 'page.css', 'icon.svg'])(
    'has the file %s, which a browser keeps until it changes',
    async (name) => {
      const { get } = openDesk();
      const { response, text } = await get(`/front-desk/${name}`);
      expect([response.status, text.length > 100]).toEqual([200, true]);
      const tag = response.headers.get('etag') ?? '';
      expect((await get(`/front-desk/${name}`, { 'if-none-match': tag })).status).toBe(304);
      const zipped = await get(`/front-desk/${name}`, { 'accept-encoding': 'gzip' });
      expect(zipped.response.headers.get('content-encoding')).toBe('gzip');
    },
  );
});

describe('with tokens', () => {
  it('serves the page without any data, and its files', async () => {
    const { get, hotel } = openDesk({}, guard);
    const { status, text } = await get('/');
    expect([status, hotel.reads]).toEqual([200, 0]);
    expect(text).not.toMatch(/101|booking 42|s3cret/i);
    expect(text).toContain('<form id="token">');
    expect((await get('/front-desk/page.css')).status).toBe(200);
  });

  it('serves the board and the tasks to callers with a token', async () => {
    const { get, app, desk } = openDesk({}, guard);
    expect((await get('/front-desk/updates')).status).toBe(401);
    expect((await app.request('/front-desk/tasks/1/done', { method: 'POST' })).status).toBe(401);
    const { status, body } = await app.request('/front-desk/updates', { headers: { authorization: 'Bearer s3cret' } });
    expect(status).toBe(200);
    await body?.cancel();
    await desk[Symbol.asyncDispose]();
  });
});

it("returns cleaning's reason for not finishing a task", async () => {
  const response = await openDesk().app.request('/front-desk/tasks/7/done', { method: 'POST' });
  expect(response.status).toBe(409);
  expect(await response.json()).toMatchObject({ detail: 'the guest is still there' });
});
