import type { SafeError } from '@hotel/log';
import { type AnyValue, type LogRecord, SeverityNumber } from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE,
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_STACKTRACE,
  ATTR_EXCEPTION_TYPE,
} from '@opentelemetry/semantic-conventions';
import { EVENT_FIELDS } from './fields.ts';

/** By the level in a line. */
const SEVERITIES: Record<string, SeverityNumber> = {
  trace: SeverityNumber.TRACE,
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  fatal: SeverityNumber.FATAL,
};

/**
 * Fields that do not become attributes: those with a place of their own in the record, its resource or its context, and names
 * that the SDK rejects.
 */
const PLACED = new Set([
  'level',
  'time',
  'service',
  'trace_id',
  'span_id',
  'msg',
  'event_name',
  'err',
  '',
  '__proto__',
]);
/** For lines without an event. */
const AS_THEY_ARE: ReadonlyMap<string, string> = new Map();

type Line = Record<string, AnyValue>;

/** What a line says: a record without its time, context and origin. */
export interface LineContent extends LogRecord {
  severityNumber: SeverityNumber;
  severityText: string;
  attributes: Record<string, AnyValue>;
}

/**
 * The record of a log line: the same content, since the line has passed the rules about secrets. `msg` becomes the body,
 * `err` the attributes `exception.*`, and other fields attributes: in an event under the names of the registry. Time and
 * context are those of the call.
 * @throws SyntaxError on a line that is not JSON
 */
export function recordOf(line: string): LineContent {
  const fields: Line = JSON.parse(line);
  const { level, msg, event_name, err } = fields;
  const names = event_name === undefined ? AS_THEY_ARE : EVENT_FIELDS;
  const attributes: Line = {};
  for (const key in fields) if (!PLACED.has(key)) attributes[names.get(key) ?? key] = fields[key];
  if (err) addError(attributes, err as unknown as SafeError);
  const severityText = String(level);
  return {
    severityNumber: SEVERITIES[severityText] ?? SeverityNumber.UNSPECIFIED,
    severityText,
    attributes,
    ...(msg === undefined ? {} : { body: msg }),
    ...(typeof event_name === 'string' ? { eventName: event_name } : {}),
  };
}

/** https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/ */
function addError(attributes: Line, error: SafeError): void {
  attributes[ATTR_EXCEPTION_TYPE] = error.type;
  attributes[ATTR_EXCEPTION_MESSAGE] = error.message;
  if (error.stack || error.cause || error.errors) attributes[ATTR_EXCEPTION_STACKTRACE] = stackOf(error);
  if (error.code !== undefined) attributes[ATTR_ERROR_TYPE] = String(error.code);
}

/** As Node prints an error: its causes are below its own stack. */
function stackOf({ type, message, stack, cause, errors = [] }: SafeError): string {
  const own = stack ?? `${type}: ${message}`;
  const others = [
    ...(cause ? [`[cause]: ${stackOf(cause)}`] : []),
    ...errors.map((one) => `[errors]: ${stackOf(one)}`),
  ];
  return [own, ...others].join('\n');
}
