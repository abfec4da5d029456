import type { TracedSystem } from '@hotel/trace-test';
import type { Browser, Locator, Page } from 'playwright-core';
import { openContext } from 'viewer/test/chromium';

export interface FrontDesk extends AsyncDisposable {
  page: Page;
  /** Problems that the page may not cause: errors, dialogs, blocked resources. */
  complaints: string[];
  open(query?: string, look?: { width?: number; colorScheme?: 'light' | 'dark' }): Promise<void>;
  /** The cell of a room that is free in the night of a day, or the stay whose first night is shown there. */
  cell(room: string, day: string): Locator;
  booking(id: number): Locator;
  drag(from: Locator, to: Locator): Promise<void>;
  /** The text of the newest report that contains `text`, and the trace that it links to. */
  report(text: string): Promise<{ text: string; traceId: string }>;
}

/** A page on the front desk of a hotel. */
export async function openFrontDesk(browser: Browser, traced: TracedSystem): Promise<FrontDesk> {
  const context = await openContext(browser);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    // Chromium logs every response from 400 on, and every lost connection, including those that a test expects.
    if (message.type() === 'error' && !/status of [45]|net::ERR/.test(message.text()))
      complaints.push(`console: ${message.text()}`);
  });

  async function middleOf(locator: Locator) {
    await locator.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await locator.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    return { x: x + Math.min(width / 2, 20), y: y + height / 2 };
  }

  return {
    page,
    complaints,
    async open(query = '', { width = 1280, colorScheme = 'light' } = {}) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      await page.goto(`${traced.url('DISPO_PORT')}/${query}`);
    },
    cell: (room, day) => page.locator(`#grid tr[data-number="${room}"] button[data-day="${day}"]`),
    booking: (id) => page.locator(`[data-booking="${id}"]`),
    async drag(from, to) {
      const start = await middleOf(from);
      const end = await middleOf(to);
      await page.mouse.move(start.x, start.y);
      await page.mouse.down();
      await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 3 });
      await page.mouse.move(end.x, end.y, { steps: 3 });
      await page.mouse.up();
    },
    async report(text) {
      const line = page.locator('.report', { hasText: text }).first();
      const href = (await line.locator('a.trace').getAttribute('href')) ?? '';
      const found = ((await line.textContent()) ?? '').replace(/ trace×$/, '');
      return { text: found, traceId: href.split('/trace/')[1] ?? '' };
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}
