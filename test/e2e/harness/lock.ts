import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SpanShape, TracedSystem } from '@hotel/trace-test';
import pg from 'pg';

export interface Lock {
  /** The statement of a booking that waits for the lock until its timeout, and those that were sent with it. */
  blocked: SpanShape[];
  release(): Promise<void>;
}

/** Locks a room, as another program may: its bookings time out until the lock is released. */
export function lockRoom(traced: Pick<TracedSystem, 'system' | 'dataDir'>, roomId: number): Promise<Lock> {
  const { postgres } = traced.system;
  return postgres ? lockRow(postgres.url('dispo'), roomId) : lockFile(join(traced.dataDir, 'dispo.sqlite'));
}

const blocked = { service: 'dispo', kind: 'CLIENT', status: 'ERROR' } as const;

/** SQLite has one lock for all rooms. */
async function lockFile(file: string): Promise<Lock> {
  const other = new DatabaseSync(file);
  other.exec('BEGIN IMMEDIATE');
  return {
    blocked: [
      {
        ...{ ...blocked, name: 'BEGIN IMMEDIATE' },
        attributes: { 'error.type': 'database_busy', 'hotel.lock.attempts': /^\d+$/ },
      },
    ],
    release: async () => other.close(),
  };
}

async function lockRow(url: string, roomId: number): Promise<Lock> {
  const other = new pg.Client({ connectionString: url });
  await other.connect();
  await other.query('BEGIN');
  await other.query('SELECT FROM rooms WHERE id = $1 FOR UPDATE', [roomId]);
  return {
    blocked: [
      // lock_not_available
      { ...blocked, name: 'SELECT rooms bookings', attributes: { 'error.type': '55P03' } },
      // in_failed_sql_transaction
      { ...blocked, name: 'SELECT bookings', attributes: { 'error.type': '25P02' } },
    ],
    release: () => other.end(),
  };
}
