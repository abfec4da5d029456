import { toJsonValue } from '../model.ts';
import type { LogRecord } from '../model-logs.ts';
import { RAW } from './adjust.ts';
import { byOrigin, type Json, nano, unlessEmpty, unlessZero, Writer } from './otlp.ts';

const write = new Writer(RAW);

/** OTLP JSON, as `toResourceSpans` writes it for spans. */
export const toResourceLogs = (records: Iterable<LogRecord>): Json[] =>
  byOrigin(records, write, (ofScope) => ({ logRecords: ofScope.map(toJson) }), 'scopeLogs');

const toJson = (record: LogRecord): Json => ({
  ...nano('timeUnixNano', record.timeNano),
  ...nano('observedTimeUnixNano', record.observedNano),
  ...unlessZero('severityNumber', record.severityNumber),
  ...unlessEmpty('severityText', record.severityText),
  ...unlessEmpty('eventName', record.eventName),
  body: toJsonValue(record.body),
  ...write.attributes(record.attributes),
  ...unlessZero('droppedAttributesCount', record.droppedAttributes),
  ...unlessZero('flags', record.flags),
  ...unlessEmpty('traceId', record.traceId),
  ...unlessEmpty('spanId', record.spanId),
});
