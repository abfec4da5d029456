import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Scene } from '../fault.ts';
import { NOT_SAMPLED } from '../load/client.ts';
import { addMessages, deadLetters, dropDeadLetters } from '../queue.ts';

const DEAD_WITHIN_MS = 30_000;
const COPIES = 3;

/** A valid event except for what each kind changes. It is about the first booking, which must stay unaffected. */
const event = {
  specversion: '1.0',
  source: '/dispo',
  type: 'booking.changed',
  subject: 'bookings/1',
  time: '2026-01-01T00:00:00.000Z',
  datacontenttype: 'application/json',
  ...NOT_SAMPLED,
  data: { booking_id: 1, revision: 1, room_id: 1, room: '101', start: '2041-01-01', end: '2041-01-02' },
};

const poison = {
  not_valid: [
    { ...event, data: { ...event.data, start: 'tomorrow' } },
    { ...NOT_SAMPLED, data: null },
    { ...NOT_SAMPLED },
  ],
  too_large: [{ ...event, padding: 'x'.repeat(1 << 20) }],
};
const versionAhead = {
  newer_version: [
    { ...event, specversion: '2.0' },
    { ...event, dataschema: 'urn:hotel:event:2' },
  ],
  unknown_type: [{ ...event, type: 'booking.praised' }],
};

/** Unprocessable messages between good ones: only they must become dead letters, each for its own reason. */
function undeliverable(name: string, kinds: Record<string, readonly object[]>): Fault {
  const expected = new Map<string, string>();
  return {
    name,
    times: 5,
    losesSpans: false,
    async inject({ world, random }) {
      const messages = Object.entries(kinds).flatMap(([reason, list]) =>
        Array.from({ length: COPIES }, () => list).flatMap((copies) =>
          copies.map((data) => ({
            id: randomUUID(),
            name: 'booking.changed',
            reason,
            data,
            first: random.chance(0.5),
          })),
        ),
      );
      for (const { id, reason } of messages) expected.set(id, reason);
      await addMessages(
        world,
        messages.map(({ id, data, ...rest }) => ({ ...rest, id, data: { id, ...data } })),
      );
      return undefined;
    },
    mend: (scene) => requireDeadLetters(scene, expected),
  };
}

async function requireDeadLetters({ world, findings }: Scene, expected: Map<string, string>): Promise<void> {
  const end = performance.now() + DEAD_WITHIN_MS;
  let dead = await deadLetters(world);
  while (dead.length < expected.size && performance.now() < end) {
    await sleep(100);
    dead = await deadLetters(world);
  }
  const reasons = new Map(dead.map(({ id, reason }) => [id, reason]));
  for (const [id, reason] of expected) {
    const actual = reasons.get(id);
    if (actual === undefined) findings.lost.push(`the ${reason} message ${id} is not among the dead letters`);
    else if (actual !== reason)
      findings.wrong.push(`the message ${id} is a dead letter for ${actual} instead of ${reason}`);
  }
  await dropDeadLetters(world, [...expected.keys()]);
  expected.clear();
}

export const undeliverables: Fault[] = [
  undeliverable('poison jobs between good ones', poison),
  undeliverable('jobs from a version ahead', versionAhead),
];
