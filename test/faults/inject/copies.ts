import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { NOT_SAMPLED } from '../load/client.ts';
import type { Random } from '../load/random.ts';
import { addMessages, isAnyQueued, type Message, takeMessages } from '../queue.ts';

/** Redeliveries of each message after it has been processed. */
const COPIES = 2;
const PROCESSED_WITHIN_MS = 30_000;

/**
 * Reorders the waiting messages, and redelivers each once it has been processed: unchanged, or as an older or newer version would
 * write it. A copy has the id of the original, like an event that dispo republishes.
 */
export const copies: Fault = {
  name: 'duplicate and reordered deliveries, some from a version behind',
  times: 3,
  losesSpans: false,
  async inject({ world, random }) {
    // Paused, so that there is something to reorder.
    await world.each('cleaning-worker', (name, { signal }) => signal(name, 'SIGSTOP'));
    await sleep(1_000);
    const messages = await takeMessages(world);
    await addMessages(world, random.shuffle(messages));
    await world.each('cleaning-worker', (name, { signal }) => signal(name, 'SIGCONT'));
    for (let copy = 0; copy < COPIES; copy++) {
      const end = performance.now() + PROCESSED_WITHIN_MS;
      while (performance.now() < end && (await isAnyQueued(world, messages))) await sleep(100);
      await addMessages(
        world,
        random.shuffle(messages).map((message) => copyOf(message, random)),
      );
    }
    return undefined;
  },
};

function copyOf({ id, name, data }: Message, random: Random): Message {
  const { tracestate: _, baggage: __, ...known } = data as Record<string, unknown>;
  const older = { ...known, ...NOT_SAMPLED };
  const newer = { ...older, dataclassification: 'internal', data: { ...(known.data as object), guests: 2 } };
  return { id, name, data: random.pick([data, older, newer]), first: random.chance(0.5) };
}
