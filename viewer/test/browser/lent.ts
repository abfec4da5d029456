import type { Browser } from 'playwright-core';
import { test } from 'vitest';
import { CANDIDATES, chromiumPath, launchChromium } from './chromium.ts';

if (chromiumPath === undefined) {
  console.warn(
    `\nSKIPPED: the tests of pages need Chromium, and none of these is there: ${CANDIDATES.join(', ')}.\n` +
      'On Debian: apt-get install -y --no-install-recommends chromium. Elsewhere: set CHROMIUM_PATH.\n',
  );
}

const worker = test
  .extend('chromium', { scope: 'worker' }, { launch: launchChromium })
  .extend('browser', { scope: 'worker' }, async ({ chromium }, { onCleanup }) => {
    const browser = await chromium.launch();
    onCleanup(() => browser.close());
    return browser;
  });

/** Lends the Chromium that all files of a worker share to the tests of a file, which close the contexts that they open. */
export function borrowChromium(take: (browser: Browser) => void | Promise<void>): void {
  if (chromiumPath === undefined) return;
  // In a hook, so that the start of Chromium does not count against the limit of the first test.
  worker.beforeAll(({ browser }) => take(browser));
}
