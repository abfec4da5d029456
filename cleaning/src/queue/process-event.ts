import type { BusinessEvents } from '../events.ts';
import type { Outcome, PlanRepository } from '../plan/repository.ts';
import type { Callback } from './callback.ts';
import { type Message, parseEvent } from './messages/envelope.ts';

/** Resolves once the effect is committed and confirmed to dispo. @throws EventNotValidError, NotConfirmedError */
export type ProcessEvent = (message: Message, signal: AbortSignal) => Promise<void>;

export interface ProcessEventDeps {
  plan: PlanRepository;
  confirm: Callback['confirm'];
  events: Pick<BusinessEvents, Outcome>;
}

export function createProcessEvent({ plan, confirm, events }: ProcessEventDeps): ProcessEvent {
  return async (message, signal) => {
    const event = parseEvent(message);
    const applied = await plan.apply(event);
    events[applied.outcome](event);
    await confirm(event, applied, signal);
  };
}
