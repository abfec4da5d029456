import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';

export const CANDIDATES = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].filter((path) => path !== undefined);

export const chromiumPath = CANDIDATES.find((path) => existsSync(path));

// Nothing may leave the machine, including the browser's own background requests.
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * How long Chromium may take to start, and a page for one step, even on a machine that is several times slower. Shorter than the
 * limits of tests and hooks, so that a failure names the step.
 */
const STEP_LIMIT_MS = 100_000;

export function launchChromium(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error(`Chromium not found, tried: ${CANDIDATES.join(', ')}`);
  return chromium.launch({ executablePath: chromiumPath, args: ARGS, timeout: STEP_LIMIT_MS });
}

export async function openContext(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext();
  context.setDefaultTimeout(STEP_LIMIT_MS);
  return context;
}
