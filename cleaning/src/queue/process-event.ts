import type { BusinessEvents } from '../events.ts';
import type { Outcome, PlanRepository } from '../plan/repository.ts';
import type { Callback } from './callback.ts';
import { type Message, parseEvent } from './messages/envelope.ts';

/** The attempt that processes an event. */
export interface Attempt {
  /** Aborts at the deadline. */
  signal: AbortSignal;
  /** @throws LockLostError when another worker may have taken over */
  requireLock(): Promise<void>;
}

/**
 * Resolves once the effect is committed and confirmed to dispo.
 * @throws EventNotValidError, LockLostError, NotConfirmedError
 */
export type ProcessEvent = (message: Message, attempt: Attempt) => Promise<void>;

export interface ProcessEventDeps {
  plan: PlanRepository;
  confirm: Callback['confirm'];
  events: Pick<BusinessEvents, Outcome>;
}

export function createProcessEvent({ plan, confirm, events }: ProcessEventDeps): ProcessEvent {
  return async (message, { signal, requireLock }) => {
    const event = parseEvent(message);
    const applied = await plan.apply(event);
    events[applied.outcome](event);
    await requireLock();
    await confirm(event, applied, signal);
  };
}
