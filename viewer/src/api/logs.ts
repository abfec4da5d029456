import { Hono } from 'hono';
import { type Attributes, toPlain } from '../model.ts';
import { messageOf, type StoredLog, severityOf } from '../model-logs.ts';
import { findLogs } from '../store/logs/log-search.ts';
import type { LogStore } from '../store/logs/log-store.ts';
import { parseLogsQuery } from './logs-query.ts';
import { BadParameter } from './params.ts';

/**
 * The viewer's own API, since Jaeger has no logs: `{logs, last}`, by time. A reader that follows asks again with
 * `after=<last>`; if the viewer has been restarted since, it gets everything.
 */
export function logsApi(store: LogStore): Hono {
  const api = new Hono();

  api.onError((error, c) => {
    if (!(error instanceof BadParameter)) throw error;
    return c.json({ error: { httpCode: 400, message: error.message } }, 400);
  });

  api.get('/', (c) => {
    const query = parseLogsQuery(new URL(c.req.url).searchParams);
    const after = (query.after ?? 0) > store.last ? 0 : query.after;
    return c.json({ logs: findLogs(store, { ...query, after }).map(toJson), last: store.last });
  });

  return api;
}

const toJson = (record: StoredLog) => ({
  sequence: record.sequence,
  timeUnixNano: String(record.timeNano),
  service: record.origin.service,
  severity: severityOf(record) ?? '',
  severityNumber: record.severityNumber,
  message: messageOf(record),
  eventName: record.eventName,
  traceId: record.traceId,
  spanId: record.spanId,
  attributes: plain(record.attributes),
  resource: plain(record.origin.resource.attributes),
});

/** The sender chooses the keys; a null prototype makes `__proto__` an ordinary one. */
function plain({ keys, values }: Attributes): Record<string, unknown> {
  const object = Object.create(null) as Record<string, unknown>;
  for (const [index, key] of keys.entries()) object[key] = toPlain(values[index] ?? {});
  return object;
}
