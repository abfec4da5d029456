/**
 * The same service with dispo's promises, written the usual way: it rejects an overlapping booking, writes booking and
 * event in one transaction per request with `synchronous=FULL`, logs a line per request, and hands events from the outbox
 * to the queue after the response.
 */
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Queue as QueueOfJobs } from 'bullmq';
import { config } from './config.ts';

// By `require`, which the instrumentations can patch without a loader hook; a hook would cost this service more.
const require = createRequire(import.meta.url);
const express = require('express') as typeof import('express');
const Database = require('better-sqlite3') as typeof import('better-sqlite3');
const { Queue } = require('bullmq') as { Queue: typeof QueueOfJobs };
const { pino } = require('pino') as typeof import('pino');
const { z } = require('zod') as typeof import('zod');

const log = pino();
const db = new Database(config.database);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.pragma('foreign_keys = ON');
db.exec(`
  CREATE TABLE IF NOT EXISTS rooms (id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, name TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS bookings (
    id INTEGER PRIMARY KEY, room_id INTEGER NOT NULL REFERENCES rooms (id), start TEXT NOT NULL, "end" TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS bookings_of_room ON bookings (room_id, start);
  CREATE TABLE IF NOT EXISTS outbox (id TEXT PRIMARY KEY, type TEXT NOT NULL, data TEXT NOT NULL, sent INTEGER NOT NULL DEFAULT 0);
  CREATE INDEX IF NOT EXISTS outbox_unsent ON outbox (sent) WHERE sent = 0;`);
const addRoom = db.prepare('INSERT INTO rooms (number, name) VALUES (?, ?)');
const findRoom = db.prepare('SELECT * FROM rooms WHERE id = ?');
const findOverlap = db.prepare(
  'SELECT start, "end" FROM bookings WHERE room_id = ? AND start < ? AND "end" > ? LIMIT 1',
);
const addBooking = db.prepare('INSERT INTO bookings (room_id, start, "end") VALUES (?, ?, ?) RETURNING *');
const addEvent = db.prepare('INSERT INTO outbox (id, type, data) VALUES (?, ?, ?)');
const findUnsent = db.prepare('SELECT id, type, data FROM outbox WHERE sent = 0 LIMIT 500');
const markSent = db.prepare('UPDATE outbox SET sent = 1 WHERE id = ?');

const queue = new Queue('bookings', {
  connection: { host: config.redis.hostname, port: Number(config.redis.port), maxRetriesPerRequest: null },
  defaultJobOptions: { removeOnComplete: true },
});

const roomSchema = z.object({ number: z.string(), name: z.string() });
const bookingSchema = z
  .object({ room_id: z.int().positive(), start: z.iso.date(), end: z.iso.date() })
  .refine(({ start, end }) => start < end);

const book = db.transaction(({ room_id, start, end }: ReturnType<typeof bookingSchema.parse>) => {
  const room = findRoom.get(room_id) as { number: string } | undefined;
  if (!room) return { status: 404, body: { detail: `there is no room ${room_id}` } };
  if (findOverlap.get(room_id, end, start)) return { status: 409, body: { detail: `room ${room.number} is taken` } };
  const booking = addBooking.get(room_id, start, end);
  addEvent.run(randomUUID(), 'booking.created', JSON.stringify({ room: room.number, start, end }));
  return { status: 201, body: booking };
});

let sending: Promise<void> | undefined;

/** Publishes the outbox until it is empty. */
async function publish(): Promise<void> {
  for (;;) {
    const events = findUnsent.all() as Array<{ id: string; type: string; data: string }>;
    if (events.length === 0) return;
    await queue.addBulk(
      events.map(({ id, type, data }) => ({ name: type, data: JSON.parse(data), opts: { jobId: id } })),
    );
    db.transaction(() => {
      for (const { id } of events) markSent.run(id);
    })();
  }
}

const app = express();
app.use(express.json());
app.get('/health', (_request, response) => {
  response.json({ status: 'ok' });
});
app.post('/api/v1/rooms', (request, response) => {
  const { number, name } = roomSchema.parse(request.body);
  response.status(201).json({ id: addRoom.run(number, name).lastInsertRowid, number, name });
});
app.post('/api/v1/bookings', (request, response) => {
  const { status, body } = book.immediate(bookingSchema.parse(request.body));
  response.status(status).json(body);
  log.info({ method: request.method, url: request.url, status }, 'request answered');
  sending ??= publish().finally(() => {
    sending = undefined;
  });
});

const server = app.listen(config.port, '127.0.0.1');
process.once('SIGTERM', async () => {
  server.close();
  server.closeAllConnections();
  await sending;
  await queue.close();
  db.close();
});
