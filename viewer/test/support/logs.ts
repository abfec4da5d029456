import { T0 } from './spans.ts';

/** Input for small OTLP JSON requests of log records. */
export interface LogInput {
  service?: string;
  /** Milliseconds after `T0`. */
  atMs?: number;
  message?: string;
  severityNumber?: number;
  attributes?: Record<string, string>;
  [field: string]: unknown;
}

const INFO = 9;
export const WARN = 13;
export const ERROR = 17;

export const logRequest = (...records: LogInput[]): { resourceLogs: unknown[] } => ({
  resourceLogs: records.map(({ service = 'dispo', atMs = 0, message, attributes = {}, ...record }) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
    scopeLogs: [
      {
        scope: { name: 'test' },
        logRecords: [
          {
            timeUnixNano: `${BigInt(Math.round((T0 + atMs) * 1000)) * 1000n}`,
            severityNumber: INFO,
            ...(message === undefined ? {} : { body: { stringValue: message } }),
            attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } })),
            ...record,
          },
        ],
      },
    ],
  })),
});
