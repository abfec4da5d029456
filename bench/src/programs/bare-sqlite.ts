/** Repeats one INSERT and its commit on better-sqlite3 alone. */
import { createRequire } from 'node:module';
import { serveParent } from '../helper/child.ts';

const require = createRequire(import.meta.url);
const open = require('better-sqlite3') as typeof import('better-sqlite3');

export interface SqliteJob {
  file: string;
  synchronous: 'FULL' | 'NORMAL' | 'OFF';
  commits: number;
}

serveParent<SqliteJob, Record<string, number>>({}, ({ file, synchronous, commits }) => {
  const db = open(file);
  db.pragma('journal_mode = WAL');
  db.pragma(`synchronous = ${synchronous}`);
  db.exec('CREATE TABLE bookings (id INTEGER PRIMARY KEY, room_id INTEGER, start TEXT, "end" TEXT)');
  const insert = db.prepare('INSERT INTO bookings (room_id, start, "end") VALUES (?, ?, ?)');
  const cpu = process.cpuUsage();
  const began = performance.now();
  for (let n = 0; n < commits; n++) insert.run(n % 50, '2030-01-01', '2030-01-02');
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  db.close();
  return { perSecond: commits / seconds, cpuUs: (user + system) / commits };
});
