/** Burst size: a bucket holds this many seconds' worth of tokens. */
const BURST_S = 2;
/** Upper bound on tracked keys; beyond it the least recently seen key is forgotten. */
const MAX_KEYS = 10_000;

export interface RateLimitOptions {
  /** Requests per second, per key. */
  perSecond: number;
  /** A monotonic clock, in milliseconds. */
  now: () => number;
  maxKeys?: number;
}

/**
 * A token bucket per key, stored as the time at which it is full again (generic cell rate algorithm). The returned
 * function takes a token and returns undefined, or returns the seconds until the next token, rounded up.
 */
export function createRateLimit({ perSecond, now, maxKeys = MAX_KEYS }: RateLimitOptions) {
  const intervalMs = 1_000 / perSecond;
  const capacityMs = Math.max(1, perSecond * BURST_S) * intervalMs;
  const fullAt = new Map<string, number>();
  return (key: string): number | undefined => {
    const at = now();
    const next = Math.max(fullAt.get(key) ?? at, at) + intervalMs;
    const waitMs = next - at - capacityMs;
    if (waitMs > 0) return Math.ceil(waitMs / 1_000);
    // A Map iterates in insertion order, so the first key is the least recently seen.
    fullAt.delete(key);
    fullAt.set(key, next);
    const [oldest] = fullAt.keys();
    if (fullAt.size > maxKeys && oldest !== undefined) fullAt.delete(oldest);
    return undefined;
  };
}
