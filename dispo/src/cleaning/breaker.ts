/** The callee has failed too often: it is left alone for a while. */
export class CircuitOpenError extends Error {
  override name = 'CircuitOpenError';
}

/** Passes calls on. After too many failures in a row it fails them at once, so that nobody waits and nobody is asked in vain. */
export type Breaker = <T>(call: () => Promise<T>) => Promise<T>;

export interface BreakerOptions {
  /** How many failures in a row open it. */
  failures: number;
  /** How long it stays open. Then one call at a time is passed on, until one succeeds. */
  openMs: number;
  /** Milliseconds of a clock that never goes back. */
  now: () => number;
  onOpen(error: unknown): void;
  onClose(): void;
}

export function createBreaker({ failures, openMs, now, onOpen, onClose }: BreakerOptions): Breaker {
  let failed = 0;
  let openUntil: number | undefined;
  let isProbing = false;

  function open(error: unknown): void {
    // Told once: a probe that fails changes nothing.
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
      if (isProbing || now() < openUntil) throw new CircuitOpenError('it has failed too often to be asked right now');
      return probe(call);
    }
    try {
      const result = await call();
      failed = 0;
      return result;
    } catch (error) {
      failed++;
      // A call that began before it opened says nothing new.
      if (openUntil === undefined && failed >= failures) open(error);
      throw error;
    }
  };
}
