/** Thrown while the breaker is open. */
export class CircuitOpenError extends Error {
  override name = 'CircuitOpenError';
}

/** A circuit breaker: after too many consecutive failures it rejects calls immediately. */
export type Breaker = <T>(call: () => Promise<T>) => Promise<T>;

export interface BreakerOptions {
  /** Consecutive failures that open the breaker. */
  failures: number;
  /** How long the breaker stays open. Then one call at a time is let through until one succeeds. */
  openMs: number;
  /** Monotonic clock in milliseconds. */
  now: () => number;
  onOpen(error: unknown): void;
  onClose(): void;
}

export function createBreaker({ failures, openMs, now, onOpen, onClose }: BreakerOptions): Breaker {
  let failed = 0;
  let openUntil: number | undefined;
  let isProbing = false;

  function open(error: unknown): void {
    // Logged once: a failed probe changes nothing.
    if (openUntil === undefined) onOpen(error);
    openUntil = now() + openMs;
  }

  async function probe<T>(call: () => Promise<T>): Promise<T> {
    isProbing = true;
    try {
      const result = await call();
      failed = 0;
      openUntil = undefined;
      onClose();
      return result;
    } catch (error) {
      open(error);
      throw error;
    } finally {
      isProbing = false;
    }
  }

  return async (call) => {
    if (openUntil !== undefined) {
      if (isProbing || now() < openUntil)
        throw new CircuitOpenError('the last calls failed, so no call is made for a moment');
      return probe(call);
    }
    try {
      const result = await call();
      failed = 0;
      return result;
    } catch (error) {
      failed++;
      // Ignores calls that began before the breaker opened.
      if (openUntil === undefined && failed >= failures) open(error);
      throw error;
    }
  };
}
