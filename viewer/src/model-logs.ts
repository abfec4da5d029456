import { type Attributes, attribute, type Origin, toText, type Value } from './model.ts';

/** Ids are lower-case hex, '' if absent. */
export interface LogRecord {
  /** The observed time if the record has no time of its own. */
  timeNano: bigint;
  observedNano: bigint;
  /** OTLP's number: 1 to 24, 0 if unknown. */
  severityNumber: number;
  severityText: string;
  body: Value;
  /** '' for a record that is not an event. */
  eventName: string;
  attributes: Attributes;
  droppedAttributes: number;
  flags: number;
  traceId: string;
  spanId: string;
  origin: Origin;
}

/** A record with its position in order of arrival, which never changes. */
export interface StoredLog extends LogRecord {
  sequence: number;
}

export const SEVERITIES = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** The lowest number of a severity: each has four. */
export const lowestNumber = (severity: Severity): number => 4 * SEVERITIES.indexOf(severity) + 1;

/** Undefined for a record without a valid number. */
export const severityOf = ({ severityNumber }: LogRecord): Severity | undefined =>
  SEVERITIES[Math.ceil(severityNumber / 4) - 1];

/** How the pages mark a record: as an error, as a warning, or not at all. */
export const levelOf = ({ severityNumber }: LogRecord): 'err' | 'warn' | '' =>
  severityNumber >= lowestNumber('error') ? 'err' : severityNumber >= lowestNumber('warn') ? 'warn' : '';

/** The text of a record: its body, or what stands for it. */
export function messageOf({ body, eventName, attributes }: LogRecord): string {
  const text = isEmpty(body) ? '' : toText(body);
  if (text !== '') return text;
  const [type, message] = ['exception.type', 'exception.message'].map((key) => {
    const value = attribute(attributes, key);
    return value === undefined ? '' : toText(value);
  });
  return [type, message].filter(Boolean).join(': ') || eventName;
}

const isEmpty = (value: Value): boolean => typeof value === 'object' && Object.keys(value).length === 0;
