import type { TracedSystem } from '@hotel/trace-test';
import { hotel } from 'dev/system';
import { violations } from 'viewer/test/axe';
import { chromiumPath } from 'viewer/test/chromium';
import { borrowChromium } from 'viewer/test/lent';
import { afterAll, describe, expect, it } from 'vitest';
import { type FrontDesk, openFrontDesk } from './harness/front-desk.ts';
import { ask, book, insistOnTrace, waitUntilPlanned } from './harness/hotel.ts';
import { borrowHotel } from './harness/lent.ts';
import { dayFromNow, readBooking, stayOf } from './harness/stays.ts';

const today = dayFromNow(0);
/** Rooms of this file alone, 501 to 510, since it books for today. */
const ROOMS = 10;
const ids: number[] = [];

let traced: TracedSystem;
let desk: FrontDesk;
/** The booking made first. */
let first: number;
if (chromiumPath !== undefined) {
  borrowHotel((hotel) => {
    ({ traced } = hotel);
  });
}
borrowChromium(async (browser) => {
  for (let i = 1; i <= ROOMS; i++) {
    const room = { number: String(500 + i), name: 'Front' };
    ids[i] = (await ask<{ id: number }>(traced, 'POST', '/api/v1/rooms', room)).body.id;
  }
  desk = await openFrontDesk(browser, traced);
});
afterAll(() => desk?.[Symbol.asyncDispose]());

/** A stay in room 500 + `room`. */
const stayIn = (room: number, start: number, end: number) => stayOf(ids[room] ?? 0, start, end);

describe.skipIf(chromiumPath === undefined)('at the front desk, a person', () => {
  it('books a room by dragging over its free nights, and sees the trace of it', async () => {
    await desk.open(`?after=${Number(ids[1]) - 1}`);
    await desk.drag(desk.cell('501', today), desk.cell('501', dayFromNow(2)));
    await desk.page.click('#book button[value=book]');
    const { text, traceId } = await desk.report('Booked');
    expect(text).toMatch(/^Booked room 501, .+ to .+ \(booking \d+\)\.$/);
    first = Number(/booking (\d+)/.exec(text)?.[1]);
    await insistOnTrace(traced, traceId, hotel.expectedTraces.bookAtFrontDesk);
    expect(await readBooking(traced, first)).toMatchObject(stayIn(1, 0, 3));
    // The board shows the plan without a reload.
    await desk.page.locator(`[data-booking="${first}"][data-cleaning=planned]`).waitFor();
    expect(await desk.booking(first).getAttribute('aria-label')).toMatch(
      new RegExp(`^${first} booked: booking of room 501, .+, booked, cleaning planned$`),
    );
  });

  it('moves a booking to another room and day by dragging it', async () => {
    await desk.drag(desk.booking(first), desk.cell('503', dayFromNow(2)));
    const { text, traceId } = await desk.report(`Changed booking ${first}`);
    expect(text).toMatch(new RegExp(`^Changed booking ${first}: room 503, `));
    await insistOnTrace(traced, traceId, hotel.expectedTraces.changeAtFrontDesk);
    expect(await readBooking(traced, first)).toMatchObject({
      room_id: ids[3],
      start: dayFromNow(2),
      end: dayFromNow(5),
    });
  });

  it('reads in words why a booking cannot move there', async () => {
    const { booking } = await book(traced, stayIn(4, 2, 4));
    await desk.booking(booking.id).waitFor();
    await desk.drag(desk.booking(booking.id), desk.booking(first));
    const { text } = await desk.report(`Booking ${booking.id} is unchanged`);
    expect(text).toMatch(/: room 503 is taken from \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d\.$/);
    expect(await readBooking(traced, booking.id)).toMatchObject(stayIn(4, 2, 4));
  });

  it('stops dragging with Escape', async () => {
    const { x = 0, y = 0 } = (await desk.booking(first).boundingBox()) ?? {};
    await desk.page.mouse.move(x + 10, y + 10);
    await desk.page.mouse.down();
    await desk.page.mouse.move(x + 10, y + 60, { steps: 3 });
    await desk.page.locator('#grid tr.drop').waitFor();
    await desk.page.keyboard.press('Escape');
    await desk.page.mouse.up();
    expect(await desk.page.locator('.drop').count()).toBe(0);
    expect(await readBooking(traced, first)).toMatchObject({ room_id: ids[3], revision: 2 });
  });

  it('sees what others book, without a reload', async () => {
    const { booking } = await book(traced, stayIn(5, 1, 2));
    await desk.booking(booking.id).waitFor();
    await ask(traced, 'DELETE', `/api/v1/bookings/${booking.id}`);
    await desk.booking(booking.id).waitFor({ state: 'detached' });
  });

  it('is not allowed to overwrite what another has changed since', async () => {
    const { booking } = await book(traced, stayIn(6, 1, 3));
    await desk.booking(booking.id).click();
    await ask(traced, 'PATCH', `/api/v1/bookings/${booking.id}`, { end: dayFromNow(4) });
    await desk.page.selectOption('#stay [name=room_id]', String(ids[7]));
    await desk.page.click('#stay button[value=change]');
    await desk.page.locator('#stay .problem', { hasText: 'has been changed since' }).waitFor();
    await desk.page.keyboard.press('Escape');
    expect(await readBooking(traced, booking.id)).toMatchObject({ room_id: ids[6], end: dayFromNow(4) });
  });

  it('checks a guest in and out, and the cleaners finish the room', async () => {
    const { booking } = await book(traced, stayIn(8, 0, 1));
    await waitUntilPlanned(traced, booking.id);
    await desk.page.locator(`[data-booking="${booking.id}"][data-cleaning=planned]`).click();
    await desk.page.click('#stay button[value=check-in]');
    await insistOnTrace(
      traced,
      (await desk.report(`Checked in booking ${booking.id}`)).traceId,
      hotel.expectedTraces.checkInAtFrontDesk,
    );
    const state = desk.page.locator('tr[data-number="508"] .state');
    await desk.page.locator('tr[data-number="508"] .state.dirty').waitFor();

    await desk.page.locator(`[data-booking="${booking.id}"][data-status=checked_in]`).click();
    expect(await desk.page.locator('#stay button[value=check-in]').isVisible()).toBe(false);
    await desk.page.click('#stay button[value=check-out]');
    await desk.report(`Checked out booking ${booking.id}`);

    // The guest has left on the day of arrival: the final clean is due today.
    await waitUntilPlanned(traced, booking.id);
    await desk.page.locator('.cleaners li', { hasText: '508 final clean' }).locator('button').click();
    const { text, traceId } = await desk.report('Cleaned room 508');
    expect(text).toBe('Cleaned room 508.');
    await insistOnTrace(traced, traceId, hotel.expectedTraces.finishTaskAtFrontDesk);
    await desk.page.locator('tr[data-number="508"] .state.clean').waitFor();
    expect(await state.textContent()).toBe('clean');
  });

  it('does everything with the keyboard', async () => {
    await desk.page.locator('#grid [tabindex="0"]').focus();
    await desk.cell('509', today).focus();
    for (const key of ['ArrowDown', 'ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowRight', 'Enter']) {
      await desk.page.keyboard.press(key);
    }
    expect(await desk.page.inputValue('#book [name=end]')).toBe(dayFromNow(4));
    await desk.page.keyboard.press('Enter');
    const { text } = await desk.report('room 510');
    const id = Number(/booking (\d+)/.exec(text)?.[1]);
    expect(await readBooking(traced, id)).toMatchObject(stayIn(10, 1, 4));

    await desk.booking(id).focus();
    await desk.page.keyboard.press('Enter');
    await desk.page.fill('#stay [name=end]', dayFromNow(3));
    await desk.page.keyboard.press('Enter');
    await desk.report(`Changed booking ${id}`);
    expect(await readBooking(traced, id)).toMatchObject(stayIn(10, 1, 3));
  });

  it('keeps the focus when the board changes', async () => {
    await desk.cell('509', dayFromNow(3)).focus();
    const { booking } = await book(traced, stayIn(9, 6, 8));
    await desk.booking(booking.id).waitFor();
    expect(await desk.page.evaluate('document.activeElement.dataset.day')).toBe(dayFromNow(3));
  });

  it('reads in the dialog what is wrong with the dates', async () => {
    await desk.cell('502', dayFromNow(4)).click();
    await desk.page.fill('#book [name=end]', dayFromNow(4));
    await desk.page.click('#book button[value=book]');
    await desk.page.locator('#book .problem', { hasText: 'end must be after start' }).waitFor();
    expect(await violations(desk.page)).toEqual([]);
    await desk.page.click('#book [data-close]');
  });

  it('has seen no errors and no dialogs', () => {
    expect(desk.complaints).toEqual([]);
  });
});
