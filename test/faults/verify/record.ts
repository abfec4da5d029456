import { setTimeout as sleep } from 'node:timers/promises';
import { httpJson } from '@hotel/trace-test';
import { NOT_SAMPLED } from '../load/client.ts';
import { nextDay, type Stay } from '../load/model.ts';
import { RANGES } from '../load/stays.ts';
import { toStay } from '../load/virtual-user.ts';
import type { World } from '../world.ts';

const MOST_DAYS = 366;
const PAGE = 200;
/** For how long a service may answer 503 after a fault. */
const ANSWERED_WITHIN_MS = 30_000;

/** The current state of a booking in dispo. */
export interface ReadBooking extends Stay {
  id: number;
  cleaning: string;
}

export async function readBookings({ url }: World): Promise<ReadBooking[]> {
  const all: ReadBooking[] = [];
  for (let after = 0; ; ) {
    const page = await get<Array<{ id: number; cleaning: string }>>(
      `${url('DISPO_PORT')}/api/v1/bookings?limit=${PAGE}&after=${after}`,
    );
    all.push(...page.map((booking) => ({ ...toStay(booking), id: booking.id, cleaning: booking.cleaning })));
    const last = page.at(-1);
    if (!last || page.length < PAGE) return all;
    after = last.id;
  }
}

/** The whole plan from cleaning's public API, in the format of `planOf`. */
export async function readPlan({ url }: World): Promise<string[]> {
  const lines: string[] = [];
  for (const { start, end } of RANGES) {
    for (let from = start; from <= end; from = nextDay(from, MOST_DAYS)) {
      const [last] = [nextDay(from, MOST_DAYS - 1), end].sort();
      const range = `${url('CLEANING_PORT')}/api/v1/days?start=${from}&end=${last}&limit=${PAGE}`;
      for (let after = ''; ; ) {
        const days = await get<Array<{ day: string; room: string; final: number }>>(range + after);
        lines.push(...days.map(({ day, room, final }) => (final === 1 ? `${day} ${room} final` : `${day} ${room}`)));
        const end = days.at(-1);
        if (!end || days.length < PAGE) break;
        after = `&after=${end.day}_${end.room}`;
      }
    }
  }
  return lines.sort();
}

export async function readRoomState({ url }: World, roomId: number): Promise<string> {
  const { state } = await get<{ state: string }>(`${url('CLEANING_INTERNAL_PORT')}/internal/v1/rooms/${roomId}/state`);
  return state;
}

/** Retries after 503, like any client. */
async function get<Body>(url: string): Promise<Body> {
  for (const end = performance.now() + ANSWERED_WITHIN_MS; ; await sleep(500)) {
    const { status, body } = await httpJson<Body>(url, { headers: NOT_SAMPLED });
    if (status === 200) return body;
    if (status === 503 && performance.now() < end) continue;
    throw new Error(`GET ${url} was answered ${status}: ${JSON.stringify(body)}`);
  }
}
