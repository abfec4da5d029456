import { type Attributes, context, SpanStatusCode, trace } from '@opentelemetry/api';
import { type Call, call, type Outcome } from './api.ts';

const ATTEMPTS = 3;

/** Sends one request of an action, below its span. */
type Send = (what: Call) => Promise<Outcome>;

/**
 * Runs an action of the user in a span, the root of its trace. Without telemetry the span does nothing. Browsers have
 * no context that follows `await`, so every request enters the span's context itself.
 */
async function act(name: string, attributes: Attributes, work: (send: Send) => Promise<Outcome>): Promise<Outcome> {
  // Looked up each time: telemetry is a separate script, which may load later or not at all.
  const tracer = trace.getTracer('front-desk', '1.0.0');
  const span = tracer.startSpan(name, { attributes: { 'app.widget.id': name.replaceAll(' ', '-'), ...attributes } });
  const here = trace.setSpan(context.active(), span);
  const outcome = await work((what) => context.with(here, call, undefined, what));
  if (!outcome.ok) {
    span.setAttribute('error.type', String(outcome.status || 'network'));
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
  return outcome;
}

export interface Dates {
  room_id: number;
  start: string;
  end: string;
}

/** A booking as the board shows it. The API rejects changes that are based on another revision. */
export interface Seen {
  id: number;
  revision: number;
}

const ifMatch = ({ revision }: Seen) => ({ 'if-match': `"${revision}.board"` });
const about = ({ id }: Seen): Attributes => ({ 'hotel.booking.id': id });

/** Makes one booking at most: a request that may not have arrived is repeated with the same key. */
export function book(dates: Dates): Promise<Outcome> {
  const headers = { 'idempotency-key': newKey() };
  return act('book', {}, async (send) => {
    for (let attempt = 1; ; attempt++) {
      const outcome = await send({ method: 'POST', path: '/api/v1/bookings', body: dates, headers });
      const isLost = outcome.status === 0 || outcome.status === 503;
      if (!isLost || attempt === ATTEMPTS) return outcome;
      await new Promise((resolve) => setTimeout(resolve, outcome.retryAfterMs));
    }
  });
}

export function change(seen: Seen, dates: Dates): Promise<Outcome> {
  return act('change', about(seen), (send) =>
    send({ method: 'PATCH', path: `/api/v1/bookings/${seen.id}`, body: dates, headers: ifMatch(seen) }),
  );
}

export function cancel(seen: Seen): Promise<Outcome> {
  return act('cancel', about(seen), (send) =>
    send({ method: 'DELETE', path: `/api/v1/bookings/${seen.id}`, headers: ifMatch(seen) }),
  );
}

export function checkIn(seen: Seen): Promise<Outcome> {
  return act('check in', about(seen), (send) =>
    send({ method: 'POST', path: `/api/v1/bookings/${seen.id}/check-in`, headers: ifMatch(seen) }),
  );
}

export function checkOut(seen: Seen): Promise<Outcome> {
  return act('check out', about(seen), (send) =>
    send({ method: 'POST', path: `/api/v1/bookings/${seen.id}/check-out`, headers: ifMatch(seen) }),
  );
}

export function replan(seen: Seen): Promise<Outcome> {
  return act('plan again', about(seen), (send) => send({ method: 'POST', path: `/api/v1/bookings/${seen.id}/replan` }));
}

export function finishTask(id: number): Promise<Outcome> {
  return act('finish task', { 'hotel.task.id': id }, (send) =>
    send({ method: 'POST', path: `/front-desk/tasks/${id}/done` }),
  );
}

/** `crypto.randomUUID` exists only where the page was loaded over TLS or from this machine. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
