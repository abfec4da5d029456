/** Preloaded into dispo: SIGUSR2 writes the size of the heap to a file next to the database. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

export interface HeapReading {
  /** 1 for the first reading. */
  number: number;
  usedBytes: number;
  /** Garbage collections so far. */
  collections: number;
}

const file = join(process.env.HOTEL_DATA_DIR ?? '.', 'heap.json');
const reading: HeapReading = { number: 0, usedBytes: 0, collections: 0 };
new PerformanceObserver((list) => {
  reading.collections += list.getEntries().length;
}).observe({ entryTypes: ['gc'] });

process.on('SIGUSR2', () => {
  reading.number++;
  reading.usedBytes = getHeapStatistics().used_heap_size;
  writeFileSync(`${file}.new`, JSON.stringify(reading));
  renameSync(`${file}.new`, file);
});
