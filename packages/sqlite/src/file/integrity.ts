import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';
import { DatabaseUnusableError } from '../errors.ts';
import { whileBusy } from '../retry.ts';
import { requireIntact } from './file.ts';

/** Files up to this size are read during startup, within tens of milliseconds. */
const SMALL_BYTES = 32 << 20;
/**
 * How long startup waits for a larger file to be read. A service that starts slower than its probe allows never starts.
 */
const WAIT_MS = 2_000;
const BUSY_WAIT_MS = 10_000;

/** A check of every page of a database. */
export interface Integrity extends AsyncDisposable {
  /** The problem found so far. */
  problem(): DatabaseUnusableError | undefined;
}

/**
 * Reads every page of the file, so that damage is found now and not during a request, after more has been written. A
 * large file is read in a thread, which continues in the background after two seconds.
 * @throws DatabaseUnusableError when damage is found before that
 */
export async function checkIntegrity(
  database: Database,
  { waitMs = WAIT_MS, smallBytes = SMALL_BYTES } = {},
): Promise<Integrity> {
  if (statSync(database.name).size <= smallBytes) {
    await whileBusy(database.name, BUSY_WAIT_MS, () => requireIntact(database));
    return { problem: () => undefined, async [Symbol.asyncDispose]() {} };
  }
  let problem: DatabaseUnusableError | undefined;
  // Without this process's preloads: a thread that only reads a file needs no telemetry.
  const thread = new Worker(new URL('./integrity-thread.ts', import.meta.url), {
    workerData: database.name,
    execArgv: [],
  });
  const done = new Promise<void>((resolve) => {
    thread.on('message', (found: string) => {
      if (found !== 'ok') problem = new DatabaseUnusableError(database.name, found);
    });
    // Failing to read to the end says nothing about the file.
    thread.on('error', () => {});
    thread.on('exit', () => resolve());
  });
  const timeout = new AbortController();
  await Promise.race([done, sleep(waitMs, undefined, { signal: timeout.signal, ref: false }).catch(() => {})]);
  timeout.abort();
  // The cast is needed: TypeScript does not see the assignment in the listener.
  const found = problem as DatabaseUnusableError | undefined;
  if (found) throw found;
  return {
    problem: () => problem,
    async [Symbol.asyncDispose]() {
      await thread.terminate();
    },
  };
}
