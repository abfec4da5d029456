/** A bucket holds what flows in within this time: who was quiet may be quick for a moment. */
const BURST_S = 2;
/** So much memory and not more: beyond it, who has not come for the longest time starts with a full bucket again. */
const MAX_KEYS = 10_000;

export interface RateLimitOptions {
  /** Requests a second, each key for itself. */
  perSecond: number;
  /** Milliseconds of a clock that never goes back. */
  now: () => number;
  maxKeys?: number;
}

/**
 * A token bucket for each key, kept as the one moment at which it will be full again (the generic cell rate algorithm). Takes one
 * and says undefined, or the whole seconds after which there will be one.
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
    // In the order of the last time: the first one is the oldest.
    fullAt.delete(key);
    fullAt.set(key, next);
    const [oldest] = fullAt.keys();
    if (fullAt.size > maxKeys && oldest !== undefined) fullAt.delete(oldest);
    return undefined;
  };
}
