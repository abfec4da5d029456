import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../machine/describe.ts';
import type { Counts } from './counts.ts';

const FILE = join(root, 'docs/cost.json');
/**
 * Allowed growth factors. Counts differ from run to run: bookings that arrive in quick succession share a Redis command
 * and its span, and V8 optimizes at different times. One more span per booking would be growth by an eighth.
 */
const MAY_GROW = { spans: 1.05, otlpBytes: 1.05, allocatedTraced: 1.06, allocatedUntraced: 1.06, logBytes: 1.05 };

/** What a booking cost when it was last recorded. */
export const readRecord = (): Counts => JSON.parse(readFileSync(FILE, 'utf8')) as Counts;

export const writeRecord = (counts: Counts): void => writeFileSync(FILE, `${JSON.stringify(counts, null, 2)}\n`);

/** Names each count that exceeds the record, with both numbers. */
export function grownCounts(counts: Counts, record: Counts): string[] {
  return (Object.keys(MAY_GROW) as Array<keyof Counts>)
    .filter((name) => counts[name] > record[name] * MAY_GROW[name])
    .map((name) => `${name}: ${counts[name]} instead of ${record[name]}`);
}
