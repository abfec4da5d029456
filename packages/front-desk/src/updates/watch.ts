import { within } from '@hotel/runtime';
import type { View } from '../board/view.ts';

/** What a read may wait for the database and cleaning, in total. */
const READ_WITHIN_MS = 10_000;

/** What the streams of one window share: one reader, however many they are. */
export interface Watch {
  /** The latest view; undefined until it has been read once. */
  readonly view: View | undefined;
  /** Whether the last attempt to read it failed. */
  readonly isStale: boolean;
  /** Resolves at the next change of `view` or `isStale`, or when the signal is aborted. */
  changed(signal: AbortSignal): Promise<void>;
}

export interface WatchOptions {
  read: (last: View | undefined) => Promise<View>;
  intervalMs: number;
  onError: (error: unknown) => void;
}

/**
 * Reads a view at an interval until it is disposed, and reports its changes. It asks the database instead of listening
 * to this process's writes: other replicas, the worker and cleaning change what a board shows, too.
 *
 * A watch outlives the request that starts it, so each read has a time limit of its own.
 */
export function startWatch({ read, intervalMs, onError }: WatchOptions): Watch & Disposable {
  let view: View | undefined;
  let isStale = false;
  let change = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;

  async function poll(): Promise<void> {
    const before = `${view?.version} ${isStale}`;
    try {
      view = await within(READ_WITHIN_MS, () => read(view));
      isStale = false;
    } catch (error) {
      if (!isStale) onError(error);
      isStale = true;
    }
    if (isOver) return;
    if (before !== `${view?.version} ${isStale}`) {
      change.resolve();
      change = Promise.withResolvers();
    }
    timer = setTimeout(poll, intervalMs);
  }

  void poll();
  return {
    get view() {
      return view;
    },
    get isStale() {
      return isStale;
    },
    async changed(signal) {
      if (signal.aborted) return;
      const aborted = Promise.withResolvers<void>();
      const stop = () => aborted.resolve();
      signal.addEventListener('abort', stop);
      await Promise.race([change.promise, aborted.promise]);
      signal.removeEventListener('abort', stop);
    },
    [Symbol.dispose]() {
      isOver = true;
      clearTimeout(timer);
      change.resolve();
    },
  };
}
