import { setTimeout as sleep } from 'node:timers/promises';
import { NOT_SAMPLED } from '../client.ts';
import type { Fault } from '../fault.ts';
import { addMessages, type Message, waitingMessages } from '../queue.ts';
import type { Random } from '../random.ts';

/** So many copies of each message, at random places of the queue. */
const COPIES = 3;

/** Every message that waits comes several times and in no order: as it is, as an older version would say it, or a newer one. */
export const copies: Fault = {
  name: 'duplicate and reordered deliveries, some from a version behind',
  times: 3,
  losesSpans: false,
  async inject({ world, random }) {
    const worker = world.system.processes.get('cleaning-worker');
    if (!worker) return 'the worker does not run';
    // Held still, so that there is something to copy.
    process.kill(worker.pid, 'SIGSTOP');
    await sleep(1_000);
    const messages = await waitingMessages(world);
    const all = random.shuffle(Array.from({ length: COPIES }, () => messages).flat());
    await addMessages(
      world,
      all.map((message) => copyOf(message, random)),
    );
    process.kill(worker.pid, 'SIGCONT');
    return undefined;
  },
};

function copyOf({ name, data }: Message, random: Random): Message {
  const { tracestate: _, baggage: __, ...known } = data as Record<string, unknown>;
  const older = { ...known, ...NOT_SAMPLED };
  const newer = { ...older, dataclassification: 'internal', data: { ...(known.data as object), guests: 2 } };
  return { id: `copy-${random.hex(16)}`, name, data: random.pick([data, older, newer]), first: random.chance(0.5) };
}
