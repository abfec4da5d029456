import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Viewer } from '../../src/viewer.ts';
import { CANDIDATES, chromiumPath, launchChromium, openContext } from './chromium.ts';

if (chromiumPath === undefined) {
  console.warn(
    `\nSKIPPED: the browser tests of the viewer need Chromium, and none of these is there: ${CANDIDATES.join(', ')}.\n` +
      'On Debian: apt-get install -y --no-install-recommends chromium. Elsewhere: set CHROMIUM_PATH.\n',
  );
}

let browser: Browser | undefined;
// Shared by all tests of a file: a new context or page takes longer than most tests, and the pages store nothing in it.
let context: BrowserContext;
const idle: Page[] = [];
const open: Page[] = [];

// In a hook, so that the start of Chromium does not count against the limit of the first test.
beforeAll(async () => {
  if (chromiumPath === undefined) return;
  browser = await launchChromium();
  context = await openContext(browser);
});

afterEach(async () => {
  for (const page of open.splice(0)) {
    await page.removeAllListeners(undefined, { behavior: 'wait' });
    await page.goto('about:blank');
    idle.push(page);
  }
});

afterAll(async () => {
  await browser?.close();
});

export interface Look {
  colorScheme?: 'light' | 'dark';
  width?: number;
}

export interface Watched {
  page: Page;
  /** Problems that no page may cause: errors, dialogs, blocked resources, requests to other origins. */
  complaints: string[];
}

export async function openPage(viewer: Viewer, path: string, look: Look = {}): Promise<Watched> {
  const { colorScheme = 'light', width = 1280 } = look;
  const page = idle.pop() ?? (await context.newPage());
  open.push(page);
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize({ width, height: 800 });
  // Where an earlier test left the pointer, something may react to it.
  await page.mouse.move(0, 0);
  const complaints: string[] = [];
  const origin = `http://127.0.0.1:${viewer.ports.query}`;
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    // Chromium logs every 4xx here, including those that a test expects.
    if (message.type() === 'error' && !message.text().includes('status of 4'))
      complaints.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(origin)) complaints.push(`request to ${request.url()}`);
  });
  await page.goto(`${origin}${path}`);
  return { page, complaints };
}

/** Asserts that the content is not wider than the page. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  expect(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')).toBe(
    true,
  );
}
