import { type BookingEvent, CLEANING_QUEUE } from '@hotel/contracts';
import type { Logger } from '@hotel/log';
import type { Backoff } from '@hotel/runtime';
import { detached } from '@hotel/runtime';
import { type Send, startSend } from '@hotel/telemetry';
import type { EventQueue } from './queue.ts';
import type { PendingEvent } from './store.ts';

/** Upper bound on failed attempts recorded in an event's trace; more would only make it grow. */
const MAX_FAILED_SPANS = 3;

export interface SenderOptions {
  queue: Pick<EventQueue, 'publish' | 'publishAll'>;
  resends: Backoff;
  log: Logger;
}

/**
 * Publishes a batch after the previous ones, with one `send` span per event. Resolves to false on failure; the events
 * stay in the outbox.
 */
export type SendBatch = (batch: PendingEvent[]) => Promise<boolean>;

export function createSender({ queue, resends, log }: SenderOptions): SendBatch {
  const isQuiet = ({ id, attempt }: PendingEvent) => Math.max(resends.count(id), attempt - 1) >= MAX_FAILED_SPANS;

  /**
   * The Redis command of a single event is a child of its `send`; the command of a larger batch belongs to no single
   * booking.
   */
  async function publish(envelopes: BookingEvent[], parent: Send | undefined): Promise<void> {
    const [envelope] = envelopes;
    if (envelopes.length > 1 || !envelope) return detached(() => queue.publishAll(envelopes));
    return parent ? parent.run(() => queue.publish(envelope)) : detached(() => queue.publish(envelope));
  }

  async function sendNow(batch: PendingEvent[]): Promise<boolean> {
    const sends = batch.map((event) => ({
      event,
      isQuiet: isQuiet(event),
      send: startSend(
        { queue: CLEANING_QUEUE, id: event.id, conversationId: event.subject },
        event.context,
        event.attempt,
      ),
    }));
    const envelopes = sends.map(({ event, send }) => toEnvelope(event, send));
    try {
      await publish(envelopes, sends.find((one) => !one.isQuiet)?.send);
    } catch (error) {
      for (const one of sends) {
        if (one.isQuiet) one.send.discard(error);
        else one.send.end(error);
        resends.note(one.event.id);
      }
      log.warn({ err: error, events: batch.length }, 'events could not be published; they stay in the outbox');
      return false;
    }
    for (const { send } of sends) send.end();
    return true;
  }

  let previous: Promise<unknown> = Promise.resolve();
  return (batch) => {
    const sent = previous.then(() => sendNow(batch));
    previous = sent;
    return sent;
  };
}

function toEnvelope(event: PendingEvent, send: Send): BookingEvent {
  return {
    specversion: '1.0',
    id: event.id,
    source: '/dispo',
    type: event.type,
    subject: event.subject,
    time: event.time,
    datacontenttype: 'application/json',
    ...send.carrier,
    data: event.data,
  };
}
