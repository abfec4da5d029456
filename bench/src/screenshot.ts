/** Makes the README's pictures: the front desk beside the trace of a click there, and the trace of a booking. */
import { join } from 'node:path';
import { runCommand } from '@hotel/cli';
import { addDays, dayOf } from '@hotel/contracts';
import { httpJson, matchTrace, startTraced, waitForTrace } from '@hotel/trace-test';
import { hotel } from 'dev/system';
import { chromiumPath } from 'viewer/test/chromium';
import { dragNights, launch, openPage, writeSideBySide } from './picture.ts';

const docs = join(import.meta.dirname, '../../docs');

const USAGE = `Usage: npx -y pnpm@12 screenshot

Starts a private hotel, fills it, and writes the pictures of the README: docs/front-desk.png, the front desk beside the trace of a
booking made there, and docs/trace.png, the trace of a booking made with curl. Needs Chromium (its path: CHROMIUM_PATH).

  --help  print this text`;

/** Room, first and last day from today on, and whether the guest has arrived. */
const STAYS = [
  [1, 0, 3, true],
  [1, 4, 6, false],
  [2, 0, 1, true],
  [4, 2, 9, false],
  [5, 0, 2, false],
  [6, 5, 8, false],
  [8, 1, 4, false],
  [9, 0, 5, true],
] as const;

await runCommand({ usage: USAGE, options: {} }, async () => {
  await using traced = await startTraced(hotel);
  const [api, viewer] = [traced.url('DISPO_PORT'), traced.url('VIEWER_PORT')];
  const today = dayOf(new Date());
  const post = (path: string, body?: object) =>
    httpJson<{ id: number }>(`${api}/api/v1/bookings${path}`, { method: 'POST', ...(body ? { body } : {}) });
  const until = (shape: (typeof hotel.expectedTraces)[keyof typeof hotel.expectedTraces], traceId: string) =>
    waitForTrace(traced.query, traceId, { until: (spans) => matchTrace(spans, shape).length === 0, settleMs: 500 });
  let last = '';
  // The first bookings pay for everything that is compiled at its first use.
  for (const [room_id, from, to, hasArrived] of STAYS) {
    const stay = { room_id, start: addDays(today, from), end: addDays(today, to) };
    const { body, traceId = '' } = await post('', stay);
    await until(hotel.expectedTraces.booking, traceId);
    last = traceId;
    if (hasArrived) await post(`/${body.id}/check-in`);
  }

  await using browser = await launch(chromiumPath);
  const page = await openPage(browser);
  const book = async (room: string, from: number, to: number) => {
    await dragNights(page, room, from, to);
    await page.click('#book button[value=book]');
    const link = page.locator('.report', { hasText: `room ${room}` }).locator('a.trace');
    const traceId = (await link.getAttribute('href'))?.split('/trace/')[1] ?? '';
    await until(hotel.expectedTraces.bookAtFrontDesk, traceId);
    return traceId;
  };
  await page.goto(`${api}/`);
  await book('110', 2, 4);
  const click = await book('103', 1, 3);
  // Where it is, a free night would be highlighted.
  await page.mouse.move(0, 0);
  const board = await page.screenshot({ fullPage: true });
  await page.goto(`${viewer}/trace/${click}`);
  await writeSideBySide(browser, [board, await page.screenshot({ fullPage: true })], join(docs, 'front-desk.png'));

  const wide = await browser.newPage({
    ...{ colorScheme: 'light', viewport: { width: 1280, height: 400 }, deviceScaleFactor: 2 },
  });
  await wide.goto(`${viewer}/trace/${last}`);
  await wide.screenshot({ path: join(docs, 'trace.png'), fullPage: true });
  console.log(`docs/front-desk.png shows ${viewer}/trace/${click}, docs/trace.png ${viewer}/trace/${last}`);
  return 0;
});
