import { setTimeout as sleep } from 'node:timers/promises';
import { describe, doubleBookings, isSame, type Model, planOf } from '../load/model.ts';
import { deadLetters } from '../queue.ts';
import type { World } from '../world.ts';
import type { Findings } from './findings.ts';
import { requireReadiness } from './readiness.ts';
import { type ReadBooking, readBookings, readPlan, readRoomState } from './record.ts';

const POLL_MS = 200;
const SHOWN = 5;

/** Waits until cleaning has processed everything, then compares the system with the model. */
export async function verify(world: World, model: Model, findings: Findings, settleMs: number): Promise<void> {
  const bookings = await settled(world, settleMs);
  findings.lost.push(...bookings.pending);
  model.settle(bookings.all);
  compareBookings(model, bookings.all, findings);
  findings.duplicated.push(...doubleBookings(bookings.all.map((booking) => [booking.id, booking])));
  findings.duplicated.push(...world.takeAppliedTwice());
  findings.wrong.push(...world.takeDeaths());
  await compareCounts(world, model, findings);
  for (const { id, reason } of await deadLetters(world)) findings.wrong.push(`the event ${id} is given up: ${reason}`);
  await comparePlan(world, model, findings);
  await compareRooms(world, model, findings);
  await requireReadiness(world, findings, 'ok', { withinMs: settleMs, since: 'after the repair' });
}

/** All bookings once no event is pending; after `settleMs`, including those whose event never arrived. */
async function settled(world: World, settleMs: number): Promise<{ all: ReadBooking[]; pending: string[] }> {
  const end = performance.now() + settleMs;
  for (;;) {
    const waiting = await countUnconfirmed(world);
    const all = waiting > 0 ? [] : await readBookings(world);
    const open = all.filter(({ cleaning }) => cleaning !== 'planned');
    if (waiting === 0 && open.length === 0) return { all, pending: [] };
    if (performance.now() > end) {
      const now = await readBookings(world);
      const pending = now
        .filter(({ cleaning }) => cleaning !== 'planned')
        .map(({ id, cleaning, revision }) => `revision ${revision} of booking ${id} is still ${cleaning} in the end`);
      const left = await countUnconfirmed(world);
      return {
        all: now,
        pending: pending.length > 0 ? pending : [`${left} events are still in the outbox in the end`],
      };
    }
    await sleep(POLL_MS);
  }
}

const countUnconfirmed = ({ databases }: World) => databases.count('dispo', 'outbox');

function compareBookings(model: Model, bookings: ReadBooking[], findings: Findings): void {
  const left = new Map(bookings.map((booking) => [booking.id, booking]));
  for (const [id, { now }] of model.bookings) {
    const booking = left.get(id);
    left.delete(id);
    if (!booking) findings.lost.push(`booking ${id} is gone; acknowledged as ${describe(now)}`);
    else if (!isSame(booking, now)) {
      findings.lost.push(`booking ${id} is ${describe(booking)}; acknowledged as ${describe(now)}`);
    }
  }
  findings.duplicated.push(...[...left.values()].map((one) => `no request made booking ${one.id}: ${describe(one)}`));
}

/** Each revision of a booking is one event. */
async function compareCounts(world: World, model: Model, findings: Findings): Promise<void> {
  const events = [...model.bookings.values()].reduce((sum, { now }) => sum + now.revision, 0);
  const processed = await world.databases.count('cleaning', 'processed_events');
  if (processed < events) findings.lost.push(`${events - processed} of ${events} events have never been processed`);
  if (processed > events) findings.duplicated.push(`${processed - events} events more than the ${events} there are`);
}

async function comparePlan(world: World, model: Model, findings: Findings): Promise<void> {
  const stays = [...model.bookings.values()].map(({ now }) => now);
  const expected = planOf(stays, (id) => world.rooms.get(id) ?? `of id ${id}`);
  const actual = await readPlan(world);
  const missing = difference(expected, actual);
  const surplus = difference(actual, expected);
  if (missing.length > 0) findings.wrong.push(`${missing.length} room-days are not planned: ${some(missing)}`);
  if (surplus.length > 0)
    findings.wrong.push(`${surplus.length} room-days are planned without a booking: ${some(surplus)}`);
}

/** A room is dirty from its check-in until its final clean. */
async function compareRooms(world: World, model: Model, findings: Findings): Promise<void> {
  for (const [id, number] of world.rooms) {
    const here = [...model.bookings.values()].filter(({ now }) => now.room_id === id);
    const isUncleaned = (cleaned: string) => here.some((b) => b.now.status === 'checked_out' && b.cleaned === cleaned);
    const isDirty = here.some(({ now }) => now.status === 'checked_in') || isUncleaned('no');
    if (!isDirty && isUncleaned('maybe')) continue;
    const state = await readRoomState(world, id);
    if (state !== (isDirty ? 'dirty' : 'clean')) findings.wrong.push(`room ${number} is ${state}, and should not be`);
  }
}

function difference(from: string[], without: string[]): string[] {
  const others = new Set(without);
  return from.filter((line) => !others.has(line));
}

function some(lines: string[]): string {
  return lines.length > SHOWN ? `${lines.slice(0, SHOWN).join(', ')}, ...` : lines.join(', ');
}
