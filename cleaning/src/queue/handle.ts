import type { Facts } from '../events.ts';
import type { Outcome, PlanRepository } from '../plan/repository.ts';
import type { Confirm } from './confirm.ts';
import { type Message, parseEvent } from './envelope.ts';

/** Resolves once the effect is committed and reported to dispo. @throws EventNotValidError, NotConfirmedError */
export type Handle = (message: Message, signal: AbortSignal) => Promise<void>;

export interface HandleDeps {
  plan: PlanRepository;
  confirm: Confirm;
  facts: Pick<Facts, Outcome>;
}

export function createHandle({ plan, confirm, facts }: HandleDeps): Handle {
  return async (message, signal) => {
    const event = parseEvent(message);
    const applied = await plan.apply(event);
    facts[applied.outcome](event);
    await confirm(event, applied, signal);
  };
}
