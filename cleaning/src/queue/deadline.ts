/**
 * Runs `work` with a time limit of `ms`. On timeout it aborts the signal and rejects without waiting for the work,
 * so that work that ignores the signal cannot block the queue.
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
