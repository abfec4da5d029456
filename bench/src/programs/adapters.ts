/**
 * Calls each adapter of packages/telemetry in a loop inside a span, with or without an SDK: as in a service, the preload decides
 * by the environment. With an SDK, the CPU time includes serializing and sending the span.
 */

import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { tracedFetch } from '@hotel/http-client';
import { createLogger } from '@hotel/log';
import { connectRedis } from '@hotel/redis';
import { droppedSpans, startSend, traceDatabase, traceProcess, traceRequests, withSpan } from '@hotel/telemetry';
import { serveParent } from '../helper/child.ts';

export type AdapterKind =
  | 'SERVER'
  | 'SQLite CLIENT'
  | 'PRODUCER'
  | 'Redis CLIENT'
  | 'CONSUMER'
  | 'HTTP CLIENT'
  | 'log record';

export interface AdapterJob {
  kind: AdapterKind;
  times: number;
  redisUrl: string;
}

/** Longer than the exporter's delay, which the caller sets to 100 ms. */
const UNTIL_SENT_MS = 250;
/** V8 compiles for some 10,000 calls, more when they are traced. */
const WARM_LOOPS = 4;
/** Calls per turn of the event loop, which turns in a service too. */
const AT_ONCE = 50;

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const message = { queue: 'cleaning', id: '0198c5a0-7d5e-7c4e-9a43-3f0c2f0b1a11', conversationId: 'bookings/42' };

interface Setup extends AsyncDisposable {
  once(): unknown;
}

const plain = (once: () => unknown): Setup => ({ once, [Symbol.asyncDispose]: async () => {} });

const setups: Record<AdapterKind, (redisUrl: string) => Promise<Setup>> = {
  async SERVER() {
    const listener = traceRequests((_, response) => response.emit('close'), 'continue');
    const headers = { host: '127.0.0.1:8080', traceparent, 'user-agent': 'bench' };
    const socket = { remoteAddress: '127.0.0.1' };
    return plain(() => {
      const request = { method: 'POST', url: '/api/v1/bookings', httpVersion: '1.1', headers, socket };
      const answered = { statusCode: 201, headersSent: true, writableFinished: true, setHeader() {} };
      const response = Object.assign(new EventEmitter(), answered);
      listener(
        request as unknown as IncomingMessage & { body?: never },
        response as unknown as ServerResponse<IncomingMessage> & { req: IncomingMessage },
      );
    });
  },
  async 'SQLite CLIENT'() {
    const require = createRequire(import.meta.url);
    const open = require('better-sqlite3') as typeof import('better-sqlite3');
    const db = traceDatabase(open(':memory:'), 'dispo');
    db.exec('CREATE TABLE rooms (id INTEGER PRIMARY KEY, number TEXT, name TEXT)');
    const find = db.prepare('SELECT id, number, name FROM rooms WHERE id = ?');
    return plain(() => find.get(1));
  },
  async PRODUCER() {
    return plain(() => startSend(message, { traceparent }, 1).end());
  },
  async CONSUMER() {
    return plain(() =>
      traceProcess(message, { carrier: { traceparent } }, { number: 1, waitMs: 1 }, 'both', async () => {}),
    );
  },
  async 'log record'() {
    const log = createLogger('bench', { write() {} });
    return plain(() =>
      log.info({ event_name: 'hotel.booking.made', booking_id: 42, revision: 1, room: '101' }, 'booking made'),
    );
  },
  async 'Redis CLIENT'(redisUrl) {
    const redis = connectRedis(redisUrl, createLogger('bench'));
    await once(redis, 'ready');
    return { once: () => redis.get('room'), [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose]() };
  },
  async 'HTTP CLIENT'() {
    const server = createServer((_, response) => response.writeHead(204).end()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/internal/v1/bookings/42/cleaning`);
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ event_id: message.id, revision: 1, result: 'planned' });
    return {
      async once() {
        const answer = await tracedFetch(url, { method: 'PUT', headers, body });
        await answer.text();
      },
      async [Symbol.asyncDispose]() {
        server.close();
        server.closeAllConnections();
      },
    };
  },
};

async function loop(setup: Setup, times: number): Promise<void> {
  for (let done = 0; done < times; done += AT_ONCE) {
    await withSpan('bench', {}, async () => {
      await Promise.all(Array.from({ length: AT_ONCE }, () => setup.once()));
    });
    await new Promise(setImmediate);
  }
  await sleep(UNTIL_SENT_MS);
}

serveParent<AdapterJob, Record<string, number>>({}, async ({ kind, times, redisUrl }) => {
  await using setup = await setups[kind](redisUrl);
  for (let n = 0; n < WARM_LOOPS; n++) await loop(setup, times);
  const cpu = process.cpuUsage();
  await loop(setup, times);
  const { user, system } = process.cpuUsage(cpu);
  return { cpuUs: (user + system) / times, dropped: droppedSpans() };
});
