import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'hono';
import { html } from 'hono/html';
import { streamSSE } from 'hono/streaming';
import type { StoredLog } from '../../model-logs.ts';
import { findLogs, type LogQuery } from '../../store/logs/log-search.ts';
import type { LogStore } from '../../store/logs/log-store.ts';
import type { Html } from '../layout.ts';

/** Records of several requests are sent together. */
const PERIOD_MS = 200;
const MAX_READERS = 50;
/** Readers of one store, so that open pages cannot use up its process. */
const readers = new WeakMap<LogStore, number>();

/**
 * Sends the lines that match and arrive after `query.after` as server-sent events, newest first within an event. The
 * id of an event is the last sequence it covers, so that a browser that reconnects misses nothing.
 */
export function streamLines(
  c: Context,
  store: LogStore,
  query: LogQuery,
  stopping: AbortSignal,
  lineOf: (record: StoredLog) => Html,
): Response {
  const count = readers.get(store) ?? 0;
  if (count >= MAX_READERS) return c.text(`${MAX_READERS} pages follow the logs already: close some`, 503);
  readers.set(store, count + 1);
  const resumed = Number(c.req.header('last-event-id') ?? query.after ?? 0);
  return streamSSE(c, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    const ended = AbortSignal.any([gone.signal, stopping]);
    let sent = resumed;
    try {
      // The viewer has been restarted: its numbers begin again.
      if (!(sent <= store.last)) {
        await stream.writeSSE({ event: 'restart', data: '' });
        sent = 0;
      }
      // Tells the browser that it is connected.
      await stream.write(': connected\n\n');
      while (!ended.aborted) {
        const arrival = arrivalAt(store, ended);
        const { last } = store;
        const found = last === sent ? [] : findLogs(store, { ...query, after: sent }).reverse();
        sent = last;
        if (found.length > 0) {
          await stream.writeSSE({ event: 'lines', id: String(last), data: String(html`${found.map(lineOf)}`) });
        }
        if (store.last === sent) await arrival;
        await sleep(PERIOD_MS, undefined, { signal: ended }).catch(() => {});
      }
    } finally {
      readers.set(store, (readers.get(store) ?? 1) - 1);
    }
  });
}

/** Resolves when records arrive, or when the signal is aborted. */
const arrivalAt = (store: LogStore, ended: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      stop();
      ended.removeEventListener('abort', done);
      resolve();
    };
    const stop = store.onArrival(done);
    if (ended.aborted) done();
    else ended.addEventListener('abort', done);
  });
