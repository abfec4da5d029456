import { traceCall } from '@hotel/telemetry';
import { type Answer, type Call, exchange } from './exchange.ts';

/**
 * Calls another service, with a CLIENT span around it and the context in its headers.
 * @throws see `exchange`.
 */
export function tracedFetch(url: URL, call: Call): Promise<Answer> {
  return traceCall(url, call, (headers) => exchange(url, { ...call, headers }));
}
