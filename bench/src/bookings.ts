import { httpJson } from '@hotel/trace-test';
import type { LoadResult } from './load/closed-loop.ts';
import { cpuSeconds } from './machine/cpu.ts';
import type { Testbed } from './testbed.ts';

const ROOMS = 50;
/**
 * V8 compiles for this many bookings. Tracing adds code that has to be compiled as well: a booking among the first 3,000
 * costs twice as much more as it does later.
 */
const WARM_BOOKINGS = 12_000;
/** Ends only what hangs. */
const LONGEST_S = 120;

/** A process that accepts bookings. */
export interface Target {
  port: number;
  pid: number;
  /** Rooms in its seed data. */
  rooms?: number;
}

export interface Booker {
  /** Bookings made so far. */
  made(): number;
  /** Makes bookings until they cost the same as later ones. */
  warm(connections: number): Promise<void>;
  book(connections: number, seconds: number, atMost?: number): Promise<LoadResult & { cpuUs: number }>;
}

/** Creates rooms, then bookings that do not overlap. `cpuUs` is the CPU time of the process per booking. */
export async function createBooker({ generator }: Testbed, { port, pid, rooms = 0 }: Target): Promise<Booker> {
  for (let n = rooms; n < ROOMS; n++) {
    const room = { number: String(1_001 + n), name: `Room ${1_001 + n}` };
    const { status } = await httpJson(`http://127.0.0.1:${port}/api/v1/rooms`, { method: 'POST', body: room });
    if (status !== 201) throw new Error(`room ${room.number} failed with status ${status}`);
  }
  let from = 0;
  const booker: Booker = {
    made: () => from,
    async warm(connections) {
      await booker.book(connections, LONGEST_S, WARM_BOOKINGS);
    },
    async book(connections, seconds, atMost) {
      const before = cpuSeconds(pid);
      const result = await generator.closedLoop({
        port,
        connections,
        seconds,
        ...(atMost === undefined ? {} : { atMost }),
        requests: { kind: 'bookings', rooms: ROOMS, from },
      });
      from += result.requests;
      return { ...result, cpuUs: ((cpuSeconds(pid) - before) * 1e6) / result.requests };
    },
  };
  return booker;
}
