import { chromiumPath, launchChromium } from '../test/browser/chromium.ts';

/** Milliseconds from click to first contentful paint, median of five; undefined without Chromium. */
export async function firstPaint(url: string): Promise<number | undefined> {
  if (chromiumPath === undefined) return undefined;
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const times: number[] = [];
    for (let run = 0; run < 5; run++) {
      await page.goto(url);
      const paint = 'performance.getEntriesByName("first-contentful-paint")[0]?.startTime';
      await page.waitForFunction(paint);
      times.push(Number(await page.evaluate(paint)));
    }
    return times.sort((a, b) => a - b)[2];
  } finally {
    await browser.close();
  }
}
