/** Makes the README's picture: the trace of a real booking in the viewer. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { runCommand } from '@hotel/cli';
import { httpJson, matchTrace, startTraced, waitForTrace } from '@hotel/trace-test';
import { hotel } from 'dev/system';

const root = join(import.meta.dirname, '../..');

const USAGE = `Usage: npx -y pnpm@12 screenshot

Books a few rooms in a hotel of its own, and writes the picture of the README, docs/trace.png: the trace of the last booking in
the viewer. Needs Chromium (CHROMIUM_PATH says where it is).

  --help  this text`;

await runCommand({ usage: USAGE, options: {} }, async () => {
  await using traced = await startTraced(hotel);
  const book = async (day: number) => {
    const { traceId = '' } = await httpJson(`${traced.url('DISPO_PORT')}/api/v1/bookings`, {
      method: 'POST',
      body: { room_id: 1, start: `2027-02-${10 + day}`, end: `2027-02-${11 + day}` },
    });
    const until = (spans: Parameters<typeof matchTrace>[0]) =>
      matchTrace(spans, hotel.expectedTraces.booking).length === 0;
    await waitForTrace(traced.query, traceId, { until, settleMs: 500 });
    return traceId;
  };
  // The first booking pays for everything that is compiled at its first use.
  for (let day = 0; day < 5; day++) await book(day);
  const url = `${traced.url('VIEWER_PORT')}/trace/${await book(5)}`;
  const picture = join(root, 'docs/trace.png');
  execFileSync(process.execPath, [join(root, 'viewer/bench/screenshot.ts'), url, picture], { stdio: 'inherit' });
  console.log(`docs/trace.png shows ${url}`);
  return 0;
});
