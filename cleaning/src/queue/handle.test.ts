import { expect, it } from 'vitest';
import { eventOf } from '../../test/stand.ts';
import type { Outcome } from '../plan/repository.ts';
import { EventNotValidError } from './envelope.ts';
import { createHandle } from './handle.ts';

const never = new AbortController().signal;
const event = eventOf('booking.created');

function stage(outcome: Outcome) {
  const steps: string[] = [];
  const tell = (fact: string) => () => void steps.push(`told ${fact}`);
  const handle = createHandle({
    plan: {
      async apply({ id }) {
        steps.push(`applied ${id}`);
        return { outcome, isPlanned: true, epoch: '' };
      },
    },
    confirm: async ({ id }) => void steps.push(`confirmed ${id}`),
    facts: { applied: tell('applied'), outdated: tell('outdated'), duplicate: tell('duplicate') },
  });
  return { handle, steps };
}

it.each<Outcome>(['applied', 'outdated', 'duplicate'])(
  'confirms an event that is %s, after its effect',
  async (how) => {
    const { handle, steps } = stage(how);
    await handle({ id: event.id, data: event }, never);
    expect(steps).toEqual([`applied ${event.id}`, `told ${how}`, `confirmed ${event.id}`]);
  },
);

it('neither applies nor confirms a message that is not an event', async () => {
  const { handle, steps } = stage('applied');
  await expect(handle({ id: event.id, data: { ...event, data: {} } }, never)).rejects.toThrow(EventNotValidError);
  expect(steps).toEqual([]);
});
