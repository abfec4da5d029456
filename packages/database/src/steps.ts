import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Reads rows in steps of at most `size`, each starting where the last one ended, and yields to the event loop in
 * between. For queries that may skip any number of rows to fill a page: a single statement would block the event loop.
 */
export async function* readInSteps<Row>(
  size: number,
  readAfter: (last: Row | undefined) => Promise<Row[]>,
): AsyncGenerator<Row[], void, undefined> {
  let last: Row | undefined;
  for (;;) {
    const rows = await readAfter(last);
    yield rows;
    if (rows.length < size) return;
    last = rows.at(-1);
    await nextTurn();
  }
}
