import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../figures/statistics.ts';
import { Connection } from './connection.ts';
import { type Requests, requestText } from './request.ts';

const require = createRequire(import.meta.url);
const open = require('better-sqlite3') as typeof import('better-sqlite3');

const CONNECTIONS = 64;
const GIVE_UP_MS = 10_000;

export interface UntilPlanned {
  port: number;
  /** dispo's database file, read directly: polling over HTTP a thousand times a second would add load. */
  database: string;
  perSecond: number;
  seconds: number;
  requests: Requests & { kind: 'bookings' };
}

export interface PlannedResult {
  bookings: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  answerP50Ms: number;
  answerP99Ms: number;
}

/**
 * Books at a fixed rate, whether or not responses keep up, and times each booking from its scheduled moment until its row is
 * `planned` (polled every millisecond).
 */
export async function runUntilPlanned(load: UntilPlanned): Promise<PlannedResult> {
  const { port, database, perSecond, seconds, requests } = load;
  const total = Math.round(perSecond * seconds);
  const all = Array.from({ length: CONNECTIONS }, () => new Connection(port));
  const idle = [...all];
  const db = open(database, { readonly: true });
  try {
    await Promise.all(all.map((one) => one.open()));
    const first = (db.prepare('SELECT coalesce(max(id), 0) AS id FROM bookings').get() as { id: number }).id + 1;
    const planned = db.prepare(`SELECT room_id, start FROM bookings WHERE id BETWEEN ? AND ? AND cleaning = 'planned'`);
    const last = db.prepare('SELECT coalesce(max(id), 0) AS id FROM bookings');
    const due = new Map<string, number>();
    const waits: number[] = [];
    const answers: number[] = [];
    const began = performance.now();
    let sent = 0;
    let from = first;
    let version = -1;
    const failures: Error[] = [];

    const send = async (connection: Connection, dueAt: number) => {
      const text = requestText(requests, sent++);
      const { room_id, start } = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) as {
        room_id: number;
        start: string;
      };
      due.set(`${room_id} ${start}`, dueAt);
      const status = await connection.send(text);
      if (status !== 201) throw new Error(`status ${status} in answer to\n${text}`);
      answers.push(performance.now() - dueAt);
      idle.push(connection);
    };
    const look = () => {
      const now = db.pragma('data_version', { simple: true }) as number;
      if (now === version) return;
      version = now;
      const seenAt = performance.now();
      // All rows below `from` are planned: a late row only keeps its own page from being skipped.
      const upTo = (last.get() as { id: number }).id;
      const rows = planned.all(from, upTo) as { room_id: number; start: string }[];
      for (const { room_id, start } of rows) {
        const dueAt = due.get(`${room_id} ${start}`);
        if (dueAt === undefined) continue;
        due.delete(`${room_id} ${start}`);
        waits.push(seenAt - dueAt);
      }
      if (rows.length === upTo - from + 1) from = upTo + 1;
    };

    while (waits.length < total && failures.length === 0) {
      const elapsed = performance.now() - began;
      while (sent < total && sent < (elapsed / 1_000) * perSecond) {
        const connection = idle.shift();
        if (!connection) break;
        send(connection, began + (sent / perSecond) * 1_000).catch((error: Error) => failures.push(error));
      }
      look();
      if (elapsed > seconds * 1_000 + GIVE_UP_MS) throw new Error(`${total - waits.length} bookings are not planned`);
      await sleep(1);
    }
    if (failures[0]) throw failures[0];
    return {
      bookings: waits.length,
      p50Ms: percentile(waits, 0.5),
      p99Ms: percentile(waits, 0.99),
      maxMs: percentile(waits, 1),
      answerP50Ms: percentile(answers, 0.5),
      answerP99Ms: percentile(answers, 0.99),
    };
  } finally {
    db.close();
    for (const one of all) one.close();
  }
}
