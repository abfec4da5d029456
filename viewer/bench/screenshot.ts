// Takes a screenshot of a viewer page:
//   node viewer/bench/screenshot.ts <url> <file.png> [--dark] [--width 1280]
import { parseArgs } from 'node:util';
import { CANDIDATES, chromiumPath, launchChromium } from '../test/browser/chromium.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { dark: { type: 'boolean', default: false }, width: { type: 'string', default: '1280' } },
});
const [url, file] = positionals;
if (url === undefined || file === undefined || !(Number(values.width) > 0)) {
  console.error('usage: screenshot.ts <url> <file.png> [--dark] [--width 1280]');
  process.exit(2);
}
if (chromiumPath === undefined) {
  console.error(`a screenshot needs Chromium, but none of these exists: ${CANDIDATES.join(', ')}. Set CHROMIUM_PATH.`);
  process.exit(1);
}

const browser = await launchChromium();
try {
  const page = await browser.newPage({
    colorScheme: values.dark ? 'dark' : 'light',
    viewport: { width: Number(values.width), height: 400 },
    deviceScaleFactor: 2,
  });
  const response = await page.goto(url);
  if (!response?.ok()) throw new Error(`${url} answered ${response?.status() ?? 'nothing'}`);
  await page.screenshot({ path: file, fullPage: true });
} finally {
  await browser.close();
}
