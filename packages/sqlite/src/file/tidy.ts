import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';

const EVERY_MS = 60_000;
/** A journal is cut to this size once it has been copied into the database: it may have grown while a long reader was at work. */
export const JOURNAL_LIMIT_BYTES = 4 << 20;
/** Free pages are given back where they are more than this part of the file, down to half of it: the rest is used again soon. */
const FREE_PART = 0.25;
const MIN_FREE_PAGES = 2_000;
/** Given back in one transaction: a few milliseconds. */
const STEP_PAGES = 200;

export interface Tidy extends AsyncDisposable {
  /** Gives back what is free now. Only databases that were made with `auto_vacuum` can: the others keep their size. */
  run(): Promise<void>;
}

/** Shrinks a database whose tables have, for instance an outbox after an outage. */
export function startTidying(
  database: Database,
  write: (work: () => void) => Promise<void>,
  { everyMs = EVERY_MS } = {},
): Tidy {
  let running: Promise<void> | undefined;
  let closed = false;
  const pages = (name: string) => Number(database.pragma(name, { simple: true }));

  async function giveBack(): Promise<void> {
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
    // Whatever keeps it from its work now is reported by those who need the database; it is tried again.
    running ??= giveBack()
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
