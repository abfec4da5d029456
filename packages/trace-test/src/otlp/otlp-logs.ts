import type { ReceivedLog } from '../log-record.ts';
import { type AnyValue, type KeyValue, readAttributes, readValue } from './otlp.ts';

/** The fields of OTLP logs that `readLogs` reads. */
export interface OtlpLogs {
  resourceLogs?: Array<{
    resource?: { attributes?: KeyValue[] };
    scopeLogs?: Array<{
      scope?: { name?: string; version?: string };
      logRecords?: OtlpLogRecord[];
      schemaUrl?: string;
    }>;
  }>;
}

interface OtlpLogRecord {
  timeUnixNano?: string | number;
  observedTimeUnixNano?: string | number;
  severityNumber?: number;
  severityText?: string;
  body?: AnyValue;
  attributes?: KeyValue[];
  flags?: number;
  traceId?: string;
  spanId?: string;
  eventName?: string;
}

/** @param readId converts an id from its encoding to hex, as in `readSpans`. */
export function readLogs(logs: OtlpLogs, readId: (id: string) => string): ReceivedLog[] {
  return (logs.resourceLogs ?? []).flatMap(({ resource, scopeLogs = [] }) => {
    const attributes = readAttributes(resource?.attributes);
    return scopeLogs.flatMap(({ scope, logRecords = [], schemaUrl = '' }) =>
      logRecords.map((record) => ({
        ...readLog(record, readId),
        service: typeof attributes['service.name'] === 'string' ? attributes['service.name'] : '',
        resource: attributes,
        scope: scope?.name ?? '',
        scopeVersion: scope?.version ?? '',
        schemaUrl,
      })),
    );
  });
}

function readLog(record: OtlpLogRecord, readId: (id: string) => string) {
  return {
    timeNs: BigInt(record.timeUnixNano ?? 0),
    observedTimeNs: BigInt(record.observedTimeUnixNano ?? 0),
    severityNumber: record.severityNumber ?? 0,
    severityText: record.severityText ?? '',
    body: readValue(record.body),
    attributes: readAttributes(record.attributes),
    flags: record.flags ?? 0,
    ...(record.traceId ? { traceId: readId(record.traceId) } : {}),
    ...(record.spanId ? { spanId: readId(record.spanId) } : {}),
    ...(record.eventName ? { eventName: record.eventName } : {}),
  };
}
