import { expect, it } from 'vitest';
import { eventOf } from '../../test/fixtures.ts';
import type { Outcome } from '../plan/repository.ts';
import { LockLostError } from './job-lock.ts';
import { EventNotValidError } from './messages/envelope.ts';
import { createProcessEvent } from './process-event.ts';

const attempt = { signal: new AbortController().signal, requireLock: async () => {} };
const event = eventOf('booking.created');

function recordSteps(outcome: Outcome) {
  const steps: string[] = [];
  const log = (name: string) => () => void steps.push(`logged ${name}`);
  const processEvent = createProcessEvent({
    plan: {
      async apply({ id }) {
        steps.push(`applied ${id}`);
        return { outcome, isPlanned: true, epoch: '' };
      },
    },
    confirm: async ({ id }) => void steps.push(`confirmed ${id}`),
    events: { applied: log('applied'), outdated: log('outdated'), duplicate: log('duplicate') },
  });
  return { processEvent, steps };
}

it.each<Outcome>(['applied', 'outdated', 'duplicate'])(
  'confirms an event that is %s, after its effect',
  async (outcome) => {
    const { processEvent, steps } = recordSteps(outcome);
    await processEvent({ id: event.id, data: event }, attempt);
    expect(steps).toEqual([`applied ${event.id}`, `logged ${outcome}`, `confirmed ${event.id}`]);
  },
);

it('does not confirm an event when another worker may have taken over', async () => {
  const { processEvent, steps } = recordSteps('applied');
  const lost = { ...attempt, requireLock: async () => Promise.reject(new LockLostError()) };
  await expect(processEvent({ id: event.id, data: event }, lost)).rejects.toThrow(LockLostError);
  expect(steps).toEqual([`applied ${event.id}`, 'logged applied']);
});

it('neither applies nor confirms a message that is not an event', async () => {
  const { processEvent, steps } = recordSteps('applied');
  const message = { id: event.id, data: { ...event, data: {} } };
  await expect(processEvent(message, attempt)).rejects.toThrow(EventNotValidError);
  expect(steps).toEqual([]);
});
