import { httpJson } from '@hotel/trace-test';
import type { LoadResult } from './load/closed-loop.ts';
import { cpuSeconds } from './machine/cpu.ts';
import type { Stand } from './stand.ts';

const ROOMS = 50;

/** Who takes bookings: where, and which process it is. */
export interface Desk {
  port: number;
  pid: number;
  /** How many rooms it has without being told. */
  rooms?: number;
}

export interface Booker {
  /** How many bookings have been made. */
  made(): number;
  book(connections: number, seconds: number, atMost?: number): Promise<LoadResult & { cpuUs: number }>;
}

/** Makes the rooms, and then bookings no two of which overlap. `cpuUs` is what one cost the process that took it. */
export async function createBooker({ generator }: Stand, { port, pid, rooms = 0 }: Desk): Promise<Booker> {
  for (let n = rooms; n < ROOMS; n++) {
    const room = { number: String(1_001 + n), name: `Room ${1_001 + n}` };
    const { status } = await httpJson(`http://127.0.0.1:${port}/api/v1/rooms`, { method: 'POST', body: room });
    if (status !== 201) throw new Error(`room ${room.number} was answered with ${status}`);
  }
  let from = 0;
  return {
    made: () => from,
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
}
