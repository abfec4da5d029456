import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';

const EVERY_MS = 60_000;
/** A checkpoint truncates the journal to this size: it may have grown during a long read. */
export const JOURNAL_LIMIT_BYTES = 4 << 20;
/** Free pages are released above this share of the file, down to half of it: the rest will soon be reused. */
const FREE_PART = 0.25;
const MIN_FREE_PAGES = 2_000;
/** Pages released per transaction; takes a few milliseconds. */
const STEP_PAGES = 200;

export interface Vacuum extends AsyncDisposable {
  /** Releases pages that are free now. Only works on databases created with `auto_vacuum`; others keep their size. */
  run(): Promise<void>;
}

/** Shrinks the file when its tables have shrunk, such as the outbox after an outage. */
export function startVacuum(
  database: Database,
  write: (work: () => void) => Promise<void>,
  { everyMs = EVERY_MS } = {},
): Vacuum {
  let running: Promise<void> | undefined;
  let closed = false;
  const pages = (name: string) => Number(database.pragma(name, { simple: true }));

  async function releaseFreePages(): Promise<void> {
    if (pages('freelist_count') < Math.max(MIN_FREE_PAGES, pages('page_count') * FREE_PART)) return;
    for (let before = Number.POSITIVE_INFINITY; !closed; ) {
      const free = pages('freelist_count');
      if (free >= before || free < (pages('page_count') * FREE_PART) / 2) return;
      before = free;
      await write(() => void database.pragma(`incremental_vacuum(${STEP_PAGES})`));
      await nextTurn();
    }
  }

  function run(): Promise<void> {
    // Users of the database report the same error; the next run retries.
    running ??= releaseFreePages()
      .catch(() => {})
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  const timer = setInterval(run, everyMs).unref();
  return {
    run,
    async [Symbol.asyncDispose]() {
      closed = true;
      clearInterval(timer);
      await running;
    },
  };
}
