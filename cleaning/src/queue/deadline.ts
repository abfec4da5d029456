/**
 * Runs `work` for `ms` at most. When the time is up its signal is aborted, and the promise rejects without waiting for work that does
 * not heed it: nothing may hold a place in the queue for ever.
 */
export async function withDeadline<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = new Promise<never>((_, reject) => {
    over.signal.addEventListener('abort', () => reject(over.signal.reason));
  });
  const timer = setTimeout(() => over.abort(new DeadlineError(ms)), ms);
  try {
    return await Promise.race([work(over.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

export class DeadlineError extends Error {
  override name = 'DeadlineError';

  constructor(ms: number) {
    super(`not done within ${ms / 1_000} s`);
  }
}
