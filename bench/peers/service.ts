/**
 * A typical service: it validates a booking, commits it and adds a job to the queue. No outbox, no check for overlapping
 * bookings, no problem documents, `synchronous=NORMAL`: everything it omits compared with dispo is in its favour.
 */
import { createRequire } from 'node:module';
import type { Queue as QueueOfJobs } from 'bullmq';
import { config, queueTelemetry } from './config.ts';

// By `require`, which the instrumentations can patch without a loader hook; a hook would cost this service more.
const require = createRequire(import.meta.url);
const express = require('express') as typeof import('express');
const Database = require('better-sqlite3') as typeof import('better-sqlite3');
const { Queue } = require('bullmq') as { Queue: typeof QueueOfJobs };
const { z } = require('zod') as typeof import('zod');

const db = new Database(config.database);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = NORMAL');
db.pragma('foreign_keys = ON');
db.exec(`
  CREATE TABLE IF NOT EXISTS rooms (id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, name TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS bookings (
    id INTEGER PRIMARY KEY, room_id INTEGER NOT NULL REFERENCES rooms (id), start TEXT NOT NULL, "end" TEXT NOT NULL
  );`);
const addRoom = db.prepare('INSERT INTO rooms (number, name) VALUES (?, ?)');
const findRoom = db.prepare('SELECT * FROM rooms WHERE id = ?');
const addBooking = db.prepare('INSERT INTO bookings (room_id, start, "end") VALUES (?, ?, ?)');
const findBooking = db.prepare('SELECT * FROM bookings WHERE id = ?');

const queue = new Queue('bookings', {
  connection: { host: config.redis.hostname, port: Number(config.redis.port), maxRetriesPerRequest: null },
  defaultJobOptions: { removeOnComplete: true },
  ...queueTelemetry(),
});

const roomSchema = z.object({ number: z.string(), name: z.string() });
const bookingSchema = z.object({ room_id: z.int().positive(), start: z.iso.date(), end: z.iso.date() });

const app = express();
app.use(express.json());
app.get('/health', (_request, response) => {
  response.json({ status: 'ok' });
});
app.post('/api/v1/rooms', (request, response) => {
  const { number, name } = roomSchema.parse(request.body);
  response.status(201).json({ id: addRoom.run(number, name).lastInsertRowid, number, name });
});
app.post('/api/v1/bookings', async (request, response) => {
  const { room_id, start, end } = bookingSchema.parse(request.body);
  const room = findRoom.get(room_id) as { number: string } | undefined;
  if (!room) {
    response.status(404).json({ detail: `there is no room ${room_id}` });
    return;
  }
  const id = addBooking.run(room_id, start, end).lastInsertRowid;
  await queue.add('booking.created', { room: room.number, start, end });
  response.status(201).json(findBooking.get(id));
});

const server = app.listen(config.port, '127.0.0.1');
process.once('SIGTERM', async () => {
  server.close();
  server.closeAllConnections();
  await queue.close();
  db.close();
});
