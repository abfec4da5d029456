import { createRequire } from 'node:module';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../figures/statistics.ts';
import { Connection } from './connection.ts';
import { type Requests, requestText } from './request.ts';

const require = createRequire(import.meta.url);
const open = require('better-sqlite3') as typeof import('better-sqlite3');

const LOOK_MS = 0.2;
/** Between two bookings, so that all processes are idle again. */
const PAUSE_MS = 20;
const GIVE_UP_MS = 10_000;

export interface OneAtATime {
  port: number;
  /** The worker's database file, and the table that gets rows with each booking. */
  database: string;
  table: string;
  bookings: number;
  requests: Requests & { kind: 'bookings' };
}

export interface RowResult {
  bookings: number;
  rowP50Ms: number;
  rowP99Ms: number;
  answerP50Ms: number;
}

/** Makes one booking after the other, and times each from its POST until its plan can be read from the database. */
export async function runOneAtATime(load: OneAtATime): Promise<RowResult> {
  const connection = new Connection(load.port);
  const db = open(load.database, { readonly: true });
  const nap = new Int32Array(new SharedArrayBuffer(4));
  try {
    await connection.open();
    const last = db.prepare(`SELECT coalesce(max(rowid), 0) AS id FROM ${load.table}`).pluck();
    const rows: number[] = [];
    const answers: number[] = [];
    for (let n = 0; n < load.bookings; n++) {
      const text = requestText(load.requests, n);
      const before = last.get() as number;
      const began = performance.now();
      const since = () => performance.now() - began;
      let isAnswered = false;
      const answered = connection.send(text).then((status) => {
        if (status !== 201) throw new Error(`status ${status} in answer to\n${text}`);
        answers.push(since());
        isAnswered = true;
      });
      for (let isPlanned = false; !isPlanned || !isAnswered; ) {
        if (!isPlanned && last.get() !== before) {
          rows.push(since());
          isPlanned = true;
        }
        if (since() > GIVE_UP_MS) throw new Error('a booking is not planned');
        // A timer of Node would wait for at least a millisecond, and a busy loop would take a core from the processes.
        Atomics.wait(nap, 0, 0, LOOK_MS);
        await Promise.race([answered, nextTurn()]);
      }
      await sleep(PAUSE_MS);
    }
    return {
      bookings: rows.length,
      rowP50Ms: percentile(rows, 0.5),
      rowP99Ms: percentile(rows, 0.99),
      answerP50Ms: percentile(answers, 0.5),
    };
  } finally {
    db.close();
    connection.close();
  }
}
