import type { Random } from './random.ts';

/** A request without a response after this time counts as unanswered. */
const LONGEST_ANSWER_MS = 15_000;
const SAMPLED = 0.2;
/** Share of the connections that end with their request: the next one may reach another replica. */
const LAST_ON_CONNECTION = 0.1;
/** For requests outside the load, whose traces are not checked. */
export const NOT_SAMPLED = { traceparent: '00-00000000000000000000000000000f00-0000000000000f00-00' };

/** Makes a request the only one on its connection. */
export const NEW_CONNECTION = { connection: 'close' };

/** A guest's name in the baggage of every request. It passes through outbox, queue and callback, and must not be recorded anywhere. */
export const GUEST = 'mrs-miller-of-101';

/** Outcome of a request. `refused`: never accepted, so it had no effect. `unknown`: sent, but unanswered. */
export type Reply =
  | {
      kind: 'answered';
      status: number;
      retryAfter: string | null;
      body: unknown;
      traceId: string;
      spanId: string;
      isSampled: boolean;
    }
  | { kind: 'refused' }
  | { kind: 'unknown'; isTimeout: boolean };

export interface Client {
  ask(method: string, url: string, options?: { body?: unknown; headers?: Record<string, string> }): Promise<Reply>;
  /** Duration of each answered request, in milliseconds. */
  readonly latencies: number[];
  /** Requests that were sent but not answered, with the reason. */
  readonly unanswered: string[];
}

/** Adds the id of every trace that it starts to `traceIds`. */
export function createClient(random: Random, traceIds: Set<string>): Client {
  const latencies: number[] = [];
  const unanswered: string[] = [];
  return {
    latencies,
    unanswered,
    async ask(method, url, { body, headers = {} } = {}) {
      const traceId = random.hex(32);
      const spanId = random.hex(16);
      const isSampled = random.chance(SAMPLED);
      traceIds.add(traceId);
      const begun = performance.now();
      try {
        const response = await fetch(url, {
          method,
          headers: {
            ...headers,
            ...(random.chance(LAST_ON_CONNECTION) ? NEW_CONNECTION : {}),
            baggage: `guest=${GUEST}`,
            traceparent: `00-${traceId}-${spanId}-0${isSampled ? 1 : 0}`,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(LONGEST_ANSWER_MS),
        });
        const text = await response.text();
        latencies.push(performance.now() - begun);
        const parsed: unknown = text === '' ? undefined : JSON.parse(text);
        const { status } = response;
        const retryAfter = response.headers.get('retry-after');
        return { kind: 'answered', status, retryAfter, body: parsed, traceId, spanId, isSampled };
      } catch (error) {
        const { name, code, message } = causeOf(error);
        if (code === 'ECONNREFUSED') return { kind: 'refused' };
        const why = name === 'TimeoutError' ? `not within ${LONGEST_ANSWER_MS / 1_000} s` : (code ?? message);
        unanswered.push(`${method} ${url} was not answered: ${why}`);
        return { kind: 'unknown', isTimeout: name === 'TimeoutError' };
      }
    },
  };
}

/** `fetch` reports only that it failed; the reason is in `cause`. */
function causeOf(error: unknown): { name: string; code: string | undefined; message: string } {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return { name: '', code: undefined, message: String(cause) };
  return { name: cause.name, code: 'code' in cause ? String(cause.code) : undefined, message: cause.message };
}
