import { rm } from 'node:fs/promises';
import type { TracedSystem } from '@hotel/trace-test';
import type { Check } from '../e2e/harness/checks.ts';
import { ask, type Booking, book, days, waitUntilPlanned } from '../e2e/harness/hotel.ts';
import { failingStorage, losePower, setReadOnly } from './storage.ts';

const CUTS = 2;
const BOOKINGS_A_CUT = 12;
const SERVICES = ['dispo', 'cleaning', 'cleaning-worker'];
/** Not used by other tests. */
const nights = (n: number) => ({ start: `2033-01-${day(n)}`, end: `2033-01-${day(n + 1)}` });
const day = (n: number) => String(n + 1).padStart(2, '0');

/** Guarantees when the storage fails. Each needs a system whose processes have its `processEnv`. */
export const storageChecks = {
  powerCut: {
    name: 'acknowledged operations survive a power cut',
    // Jobs of a dead worker are soon taken over.
    processEnv: async () => ({ ...(await failingStorage()), HOTEL_JOB_LOCK_MS: '1000' }),
    async run(traced) {
      const acknowledged: Booking[] = [];
      try {
        for (let cut = 0; cut < CUTS; cut++) {
          acknowledged.push(...(await bookUntilPowerIsLost(traced, cut)));
          for (const { id } of acknowledged) {
            const { status } = await ask(traced, 'GET', `/api/v1/bookings/${id}`);
            if (status !== 200) throw new Error(`booking ${id} was acknowledged, and is lost: ${status}`);
            await waitUntilPlanned(traced, id);
          }
          const planned = (await days(traced, '2033-01-01', '2033-01-31')) as unknown[];
          // Every stay of one night is two days.
          if (planned.length < new Set(acknowledged.flatMap(daysOf)).size) throw new Error('planned days are lost');
        }
      } finally {
        await rm(`${traced.dataDir}.durable`, { recursive: true, force: true });
      }
    },
  },
  failedCommit: {
    name: 'nothing is acknowledged while the storage rejects writes, and the system recovers afterwards',
    processEnv: failingStorage,
    async run(traced) {
      await book(traced, { room_id: 1, ...nights(0) });
      await setReadOnly(traced.dataDir, true);
      try {
        const answers = await Promise.all(
          [2, 3, 4, 5].map((room_id) => ask(traced, 'POST', '/api/v1/bookings', { room_id, ...nights(0) })),
        );
        for (const { status, headers } of answers) {
          if (status !== 503) throw new Error(`a booking was answered ${status} although nothing could be written`);
          if (!headers.get('retry-after')) throw new Error('a 503 without Retry-After');
        }
        const ready = await fetch(`${traced.url('DISPO_INTERNAL_PORT')}/readyz`);
        if (ready.status !== 503) throw new Error(`dispo reports that it is ready: ${ready.status}`);
        const { status } = await ask(traced, 'GET', '/api/v1/bookings/1');
        if (status !== 200) throw new Error(`a read was answered ${status}`);
      } finally {
        await setReadOnly(traced.dataDir, false);
      }
      const { booking } = await book(traced, { room_id: 6, ...nights(0) });
      await waitUntilPlanned(traced, booking.id);
      const { body: all } = await ask<Booking[]>(traced, 'GET', '/api/v1/bookings');
      const rooms = all.map(({ room_id }) => room_id);
      if (rooms.join() !== '1,6') throw new Error(`rejected bookings were written: rooms ${rooms}`);
    },
  },
  halfWritten: {
    name: 'a request that fails half-way writes nothing, although others share its commit',
    async run(traced) {
      for (let round = 0; round < 3; round++) {
        await Promise.all(
          Array.from({ length: 10 }, (_, i) =>
            ask(traced, 'POST', '/api/v1/bookings', { room_id: i + 1, ...nights(round) }),
          ),
        );
      }
      const { body: all } = await ask<Booking[]>(traced, 'GET', '/api/v1/bookings?limit=200');
      const half = all.filter(({ room_id }) => room_id === 10);
      if (half.length > 0) throw new Error(`${half.length} bookings are half written`);
      if (all.length === 0) throw new Error('nothing was booked at all');
    },
  },
} satisfies Record<string, Check>;

/** Books until some are acknowledged, then cuts the power of all services during further bookings. */
async function bookUntilPowerIsLost(traced: TracedSystem, cut: number): Promise<Booking[]> {
  const acknowledged: Booking[] = [];
  let isOn = true;
  const bookAllNights = async (room_id: number) => {
    for (let n = 0; isOn && n < 28; n++) {
      const stay = { room_id: room_id + cut * 3, ...nights(n) };
      const reply = await ask(traced, 'POST', '/api/v1/bookings', stay).catch(() => undefined);
      if (reply?.status === 201) acknowledged.push(reply.body);
    }
  };
  const booking = [1, 2, 3].map(bookAllNights);
  while (acknowledged.length < BOOKINGS_A_CUT) await new Promise((resolve) => setTimeout(resolve, 1));
  isOn = false;
  await Promise.all(SERVICES.map((name) => traced.system.processes.get(name)?.kill('SIGKILL')));
  await Promise.all(booking);
  await losePower(traced.dataDir);
  await Promise.all(SERVICES.map((name) => traced.system.restart(name)));
  return acknowledged;
}

function daysOf({ room_id, start, end }: Booking): string[] {
  return [start, end].map((date) => `${room_id} ${date}`);
}
