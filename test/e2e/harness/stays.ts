import type { JsonResponse, TracedSystem } from '@hotel/trace-test';
import { ask, type Booking } from './hotel.ts';

export interface Problem {
  type: string;
  status: number;
  detail: string;
  trace_id: string;
}

/** The local date `count` days from today. */
export function dayFromNow(count: number): string {
  const date = new Date();
  date.setDate(date.getDate() + count);
  // The Swedish locale formats the local date as YYYY-MM-DD.
  return date.toLocaleDateString('sv');
}

/** A stay between two days, counted from today. */
export function stayOf(room_id: number, start: number, end: number): { room_id: number; start: string; end: string } {
  return { room_id, start: dayFromNow(start), end: dayFromNow(end) };
}

export function checkIn<Body = Booking>(traced: TracedSystem, id: number): Promise<JsonResponse<Body>> {
  return ask<Body>(traced, 'POST', `/api/v1/bookings/${id}/check-in`);
}

export async function readBooking(traced: TracedSystem, id: number): Promise<Booking> {
  return (await ask(traced, 'GET', `/api/v1/bookings/${id}`)).body;
}
