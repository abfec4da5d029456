import type { BrowserContext, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import type { Viewer } from '../../src/viewer.ts';
import { openContext } from './chromium.ts';
import { borrowChromium } from './lent.ts';

/** One context and set of pages for all files that a worker runs: opening a page takes longer than most tests, and the pages store nothing. */
let context: BrowserContext | undefined;
const idle: Page[] = [];

/** Lets the tests of a file open pages. */
export function borrowBrowser(): void {
  borrowChromium(async (browser) => {
    context ??= await openContext(browser);
  });
}

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
  const page = idle.pop() ?? (await (context as BrowserContext).newPage());
  onTestFinished(async () => {
    await page.removeAllListeners(undefined, { behavior: 'wait' });
    await page.goto('about:blank');
    idle.push(page);
  });
  // Animations take CPU time.
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
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

/** What a page complains about when it is opened. */
export async function complaintsOf(viewer: Viewer, path: string): Promise<string[]> {
  const { page, complaints } = await openPage(viewer, path);
  // Errors and violations of the policy may be reported after the page has loaded.
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))');
  return complaints;
}

/** Asserts that the content is not wider than the page. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  expect(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')).toBe(
    true,
  );
}
