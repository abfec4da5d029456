import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CLEANING_QUEUE } from '@hotel/contracts';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { createBooker } from '../bookings.ts';
import type { Variant } from '../question.ts';
import type { Testbed } from '../testbed.ts';
import { startWhole } from './beds.ts';
import { CONNECTIONS } from './points.ts';
import { query } from './sql.ts';
import { perBooking, readUsage } from './usage.ts';

const WARM_BOOKINGS = 700;
const BOOKINGS = 1_500;
const GIVE_UP_MS = 120_000;
/** The relay publishes in this time what it holds; the queue has it before the memory is read. */
const SETTLE_MS = 500;

const DATABASES = { dispo: 'dispo', cleaning: 'cleaning' };

/** All processes: bookings while the queue is paused, then the drain of the queue. */
export const wholeVariant = (name: string, postgres: boolean): Variant => ({
  name,
  async measure() {
    await using bed = await startWhole(postgres);
    const { hostname: host, port } = new URL(bed.redisUrl);
    const connection = { host, port: Number(port) };
    const queue = new Queue(CLEANING_QUEUE, { connection, prefix: 'hotel' });
    const redis = new Redis(connection);
    const booker = await createBooker(bed, { port: bed.port('DISPO_PORT'), pid: bed.pid('dispo'), rooms: 10 });
    const drained = async () => {
      const giveUpAt = performance.now() + GIVE_UP_MS;
      while (Object.values(await queue.getJobCounts('wait', 'active', 'delayed')).some((count) => count > 0)) {
        if (performance.now() > giveUpAt) throw new Error('the worker does not drain the queue');
        await sleep(5);
      }
    };
    const book = async (bookings: number) => {
      const until = booker.made() + bookings;
      while (booker.made() < until) await booker.book(CONNECTIONS, 60, until - booker.made());
      await sleep(SETTLE_MS);
    };
    const info = async (key: string) => Number(new RegExp(`${key}:(\\d+)`).exec(await redis.info())?.[1]);
    try {
      await book(WARM_BOOKINGS);
      await drained();
      await queue.pause();
      const made = booker.made();
      const before = readUsage(bed, ['dispo']);
      const [commands, memory, bytes] = [
        await info('total_commands_processed'),
        await info('used_memory'),
        await stored(bed),
      ];
      const sentBefore = await bed.sink?.counts();
      await book(BOOKINGS);
      const bookings = booker.made() - made;
      const queueBytes = ((await info('used_memory')) - memory) / bookings;
      const began = performance.now();
      await queue.resume();
      await drained();
      const planSeconds = (performance.now() - began) / 1_000;
      const cpu = perBooking(before, readUsage(bed, ['dispo']), bookings);
      const commandsPerBooking = ((await info('total_commands_processed')) - commands) / bookings;
      const storedBytes = ((await stored(bed)) - bytes) / bookings;
      // Spans of these bookings arrive within the exporters' interval.
      for (const process of ['cleaning-worker', 'dispo']) await bed.stop(process);
      const sent = await bed.sink?.counts();
      const spans = ((sent?.spans ?? 0) - (sentBefore?.spans ?? 0)) / bookings;
      const otlpBytes = ((sent?.bytes ?? 0) - (sentBefore?.bytes ?? 0)) / bookings;
      return {
        ...cpu,
        plannedPerSecond: bookings / planSeconds,
        commandsPerBooking,
        queueBytes,
        storedBytes,
        spans,
        otlpBytes,
      };
    } finally {
      await queue.close();
      redis.disconnect();
    }
  },
});

/** Bytes of both databases. */
async function stored(bed: Testbed): Promise<number> {
  const { postgres } = bed;
  const sizes = Object.values(DATABASES).map(async (name) => {
    if (!postgres) return (await stat(join(bed.dataDir, `${name}.sqlite`))).size;
    const [row] = await query<{ size: string }>(
      postgres.url(name),
      'SELECT pg_database_size(current_database()) AS size',
    );
    return Number(row?.size);
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
