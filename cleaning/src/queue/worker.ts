import type { BusinessEvents } from '../events.ts';
import type { Outcome, PlanRepository } from '../plan/repository.ts';
import type { Callback } from './callback.ts';
import { type ConsumerOptions, startConsumer } from './consumer.ts';
import { type DeadLetterMover, startDeadLetterMover } from './dead-letters/mover.ts';
import { createDeadLetterStore, type DeadLetterStore } from './dead-letters/store.ts';
import { createProcessEvent, type ProcessEvent } from './process-event.ts';

export interface QueueWorkerOptions extends Omit<ConsumerOptions, 'processEvent' | 'deadLetters' | 'mover'> {
  plan: PlanRepository;
  callback: Callback;
  events: Pick<BusinessEvents, Outcome>;
  /** Replaces the effect and the confirmation of an event. */
  processEvent?: ProcessEvent | undefined;
  /** Interval of the search for failed jobs that are not yet dead letters. */
  sweepMs?: number | undefined;
}

export interface QueueWorker extends AsyncDisposable {
  deadLetters: DeadLetterStore;
  mover: DeadLetterMover;
}

/** Starts everything that processes the queue. Disposal waits for active jobs. */
export function startQueueWorker(options: QueueWorkerOptions): QueueWorker {
  const { redis, prefix, plan, callback, events, log, sweepMs } = options;
  const resources = new AsyncDisposableStack();
  const deadLetters = resources.use(createDeadLetterStore({ redis, prefix }));
  const { reportFailed, confirm } = callback;
  const mover = resources.use(startDeadLetterMover({ redis, prefix, deadLetters, reportFailed, log, sweepMs }));
  const processEvent = options.processEvent ?? createProcessEvent({ plan, confirm, events });
  resources.use(startConsumer({ ...options, processEvent, deadLetters, mover }));
  return { deadLetters, mover, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}
