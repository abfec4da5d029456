import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Booker } from '../bookings.ts';
import type { HeapReading } from '../programs/heap.ts';
import type { Testbed } from '../testbed.ts';

/**
 * Node's flags for a process whose heap is read: a young generation that is rarely full, so that between two readings
 * nothing is collected and the heap grows by what was allocated.
 */
export const heapFlags = [
  '--min-semi-space-size=128',
  '--max-semi-space-size=128',
  '--import',
  new URL('../programs/heap.ts', import.meta.url).href,
];
/** Bookings between two readings, and how often. */
const BATCH = 50;
const BATCHES = 30;
/** Ends only what hangs. */
export const LONGEST_S = 120;
const READ_EVERY_MS = 5;
const READ_WITHIN_MS = 30_000;

/**
 * Bytes that dispo allocates on V8's heap for a booking: the least of many batches, since timers and the compiler only
 * add to it. It does not depend on how busy the machine is.
 */
export async function allocatedPerBooking(testbed: Testbed, booker: Booker): Promise<number> {
  const grown: number[] = [];
  for (let n = 0; n < BATCHES; n++) {
    const before = await readHeap(testbed);
    await booker.book(1, LONGEST_S, BATCH);
    const after = await readHeap(testbed);
    if (after.collections === before.collections) grown.push((after.usedBytes - before.usedBytes) / BATCH);
  }
  if (grown.length === 0) throw new Error('garbage was collected in every batch, so nothing is known of allocations');
  return Math.min(...grown);
}

async function readHeap(testbed: Testbed): Promise<HeapReading> {
  const file = join(testbed.dataDir, 'heap.json');
  const read = async () => JSON.parse(await readFile(file, 'utf8').catch(() => '{"number":0}')) as HeapReading;
  const { number } = await read();
  process.kill(testbed.pid('dispo'), 'SIGUSR2');
  const signal = AbortSignal.timeout(READ_WITHIN_MS);
  for (;;) {
    const reading = await read();
    if (reading.number > number) return reading;
    await sleep(READ_EVERY_MS, undefined, { signal });
  }
}
