import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Reads rows in steps of at most `size`, each from where the last one ended, and lets others run in between. For queries that may
 * have to pass over any number of rows to fill a page: one statement would block the event loop for as long as that takes.
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
