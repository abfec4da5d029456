import { type Browser, chromium, type Page } from 'playwright-core';

/** CSS pixels of each of the two halves. */
const WIDTH = 900;

/** The pages of a picture have two pixels for each of CSS. */
export function openPage(browser: Browser, height = 760): Promise<Page> {
  return browser.newPage({ colorScheme: 'light', viewport: { width: WIDTH, height }, deviceScaleFactor: 2 });
}

/** Drags over the free nights of a room, as with a mouse. */
export async function dragNights(page: Page, room: string, from: number, to: number): Promise<void> {
  const cells = page.locator(`#grid tr[data-number="${room}"] .free`);
  const points = [];
  for (const nth of [from, to]) {
    const box = await cells.nth(nth).boundingBox();
    if (!box) throw new Error(`room ${room} is not on the board`);
    points.push({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
  }
  const [start, end] = points as [{ x: number; y: number }, { x: number; y: number }];
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move(end.x, end.y, { steps: 5 });
  await page.mouse.up();
}

/** Writes two screenshots as one picture, one beside the other. */
export async function writeSideBySide(browser: Browser, shots: [Buffer, Buffer], file: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 2 * WIDTH + 24, height: 400 }, deviceScaleFactor: 1.5 });
  const images = shots.map((shot) => `<img width="${WIDTH}" src="data:image/png;base64,${shot.toString('base64')}">`);
  const style = 'display: flex; align-items: flex-start; gap: 24px; margin: 0; background: #fff';
  await page.setContent(`<!doctype html><body style="${style}">${images.join('')}</body>`);
  await page.screenshot({ path: file, fullPage: true });
}

export function launch(path: string | undefined): Promise<Browser> {
  if (path === undefined) throw new Error('a screenshot needs Chromium; set CHROMIUM_PATH to its path');
  return chromium.launch({ executablePath: path, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
}
