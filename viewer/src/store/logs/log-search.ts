import { toText } from '../../model.ts';
import { lowestNumber, messageOf, type Severity, type StoredLog } from '../../model-logs.ts';
import type { LogStore } from './log-store.ts';

/** All conditions must hold. */
export interface LogQuery {
  service?: string;
  /** This severity or a higher one. */
  severity?: Severity | undefined;
  /** Part of the message, the event name or an attribute, ignoring case. */
  text?: string;
  traceId?: string;
  spanId?: string;
  /** Only records that arrived after, or before, this one. */
  after?: number | undefined;
  before?: number | undefined;
  limit: number;
}

/** The newest matching records, in order of time. */
export function findLogs(store: LogStore, query: LogQuery): StoredLog[] {
  const { after = 0, traceId = '' } = query;
  const matches = matcher(query);
  const found: StoredLog[] = [];
  const candidates = traceId === '' ? store.newest() : store.ofTrace(traceId).reverse();
  for (const record of candidates) {
    if (traceId === '' && record.sequence <= after) break;
    if (!matches(record)) continue;
    found.push(record);
    if (found.length >= query.limit) break;
  }
  return found.sort((a, b) => Number(a.timeNano - b.timeNano) || a.sequence - b.sequence);
}

function matcher(query: LogQuery): (record: StoredLog) => boolean {
  const { service = '', severity, spanId = '', after = 0, before = Number.POSITIVE_INFINITY } = query;
  const lowest = severity === undefined ? 0 : lowestNumber(severity);
  const text = (query.text ?? '').toLowerCase();
  const contains = (part: string): boolean => part.toLowerCase().includes(text);
  return (record) =>
    record.sequence > after &&
    record.sequence < before &&
    (service === '' || record.origin.service === service) &&
    record.severityNumber >= lowest &&
    (spanId === '' || record.spanId === spanId) &&
    (text === '' ||
      contains(messageOf(record)) ||
      contains(record.eventName) ||
      record.attributes.keys.some(contains) ||
      record.attributes.values.some((value) => contains(toText(value))));
}
