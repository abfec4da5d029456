import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@hotel/log';
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Window } from '../board/data.ts';
import type { View } from '../board/view.ts';
import { queryOf } from '../board/window.ts';
import { startWatch, type Watch } from './watch.ts';

/** How often an open board is read. */
const INTERVAL_MS = 1_000;
/** Shorter than the time after which proxies and this process's listener close a silent connection. */
const HEARTBEAT_MS = 20_000;
/** How long the last event of a stream may take when the process closes. */
const LAST_WRITE_MS = 500;
/** Per process. */
const MAX_STREAMS = 64;

export interface Streams extends AsyncDisposable {
  /** Undefined if there are too many streams, or the process is closing. */
  open(c: Context, window: Window, known: string | undefined): Response | undefined;
}

export interface StreamsOptions {
  /** Reads what a window shows. May return `last`, which was read before. */
  read: (window: Window, last: View | undefined) => Promise<View>;
  log: Logger;
  intervalMs?: number;
  heartbeatMs?: number;
  maxStreams?: number;
}

/**
 * Sends a board whenever it changes, as server-sent events: `board` with the markup, its id being the version, and
 * `stale` when it cannot be read. A window is read only while a stream of it is open. Disposal ends all streams.
 */
export function createStreams({
  read,
  log,
  intervalMs = INTERVAL_MS,
  heartbeatMs = HEARTBEAT_MS,
  maxStreams = MAX_STREAMS,
}: StreamsOptions): Streams {
  const watches = new Map<string, { watch: Watch & Disposable; readers: number }>();
  const closing = new AbortController();
  const open = new Map<Promise<void>, ServerResponse | undefined>();
  const onError = (error: unknown) => log.warn({ err: error }, 'an open board could not be read; retrying');

  function join(window: Window): { watch: Watch; leave: () => void } {
    const key = queryOf(window);
    const joined = watches.get(key) ?? {
      watch: startWatch({ read: (last) => read(window, last), intervalMs, onError }),
      readers: 0,
    };
    joined.readers++;
    watches.set(key, joined);
    return {
      watch: joined.watch,
      leave() {
        joined.readers--;
        if (joined.readers > 0) return;
        watches.delete(key);
        joined.watch[Symbol.dispose]();
      },
    };
  }

  return {
    open(c, window, known) {
      if (closing.signal.aborted || open.size >= maxStreams) return undefined;
      const over = Promise.withResolvers<void>();
      open.set(over.promise, (c.env as { outgoing?: ServerResponse } | undefined)?.outgoing);
      return streamSSE(c, async (stream) => {
        const gone = new AbortController();
        stream.onAbort(() => gone.abort());
        const ended = AbortSignal.any([gone.signal, closing.signal]);
        const { watch, leave } = join(window);
        let sent = `${known} false`;
        try {
          // The browser learns that it is connected.
          await stream.write(': connected\n\n');
          while (!ended.aborted) {
            const { view, isStale } = watch;
            const current = `${view?.version ?? known} ${isStale}`;
            if (current !== sent) {
              if (isStale) await stream.writeSSE({ event: 'stale', data: '' });
              else if (view) await stream.writeSSE({ event: 'board', id: view.version, data: view.html });
              sent = current;
              continue;
            }
            const silence = AbortSignal.any([ended, AbortSignal.timeout(heartbeatMs)]);
            await watch.changed(silence);
            if (silence.aborted && !ended.aborted) await stream.write(': alive\n\n');
          }
        } finally {
          leave();
          open.delete(over.promise);
          over.resolve();
        }
      });
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await Promise.race([Promise.all(open.keys()), sleep(LAST_WRITE_MS, undefined, { ref: false })]);
      // Their readers do not read.
      for (const response of open.values()) response?.destroy();
    },
  };
}
