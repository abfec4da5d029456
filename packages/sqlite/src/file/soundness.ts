import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';
import { DatabaseUnusableError } from '../errors.ts';
import { whileBusy } from '../retry.ts';
import { requireSound } from './file.ts';

/** Read before anything else happens: some tens of milliseconds. */
const SMALL_BYTES = 32 << 20;
/** How long a start waits for a larger file to be read. A service whose start takes longer than its probe allows never starts. */
const WAIT_MS = 2_000;
const BUSY_WAIT_MS = 10_000;

/** A check of every page of a database. */
export interface Soundness extends AsyncDisposable {
  /** What is wrong, as far as is known yet. */
  problem(): DatabaseUnusableError | undefined;
}

/**
 * Reads every page of the file, so that damage is not found in the middle of somebody's request, when more has been written on top
 * of it. A large file is read in a thread: after two seconds that goes on in the background.
 * @throws DatabaseUnusableError when damage is found at once
 */
export async function checkSoundness(
  database: Database,
  { waitMs = WAIT_MS, smallBytes = SMALL_BYTES } = {},
): Promise<Soundness> {
  if (statSync(database.name).size <= smallBytes) {
    await whileBusy(database.name, BUSY_WAIT_MS, () => requireSound(database));
    return { problem: () => undefined, async [Symbol.asyncDispose]() {} };
  }
  let problem: DatabaseUnusableError | undefined;
  // Without the preloads of this process: a thread that only reads a file needs no telemetry.
  const thread = new Worker(new URL('./soundness-thread.ts', import.meta.url), {
    workerData: database.name,
    execArgv: [],
  });
  const done = new Promise<void>((resolve) => {
    thread.on('message', (found: string) => {
      if (found !== 'ok') problem = new DatabaseUnusableError(database.name, found);
    });
    // That it could not be read to its end says nothing about the file.
    thread.on('error', () => {});
    thread.on('exit', () => resolve());
  });
  const patience = new AbortController();
  await Promise.race([done, sleep(waitMs, undefined, { signal: patience.signal, ref: false }).catch(() => {})]);
  patience.abort();
  // A promise's word: TypeScript does not see that it may have been set meanwhile.
  const found = problem as DatabaseUnusableError | undefined;
  if (found) throw found;
  return {
    problem: () => problem,
    async [Symbol.asyncDispose]() {
      await thread.terminate();
    },
  };
}
