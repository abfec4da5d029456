import type { SafeError } from '@hotel/log';
import { type AnyValue, type LogRecord, SeverityNumber } from '@opentelemetry/api';
import {
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_STACKTRACE,
  ATTR_EXCEPTION_TYPE,
} from '@opentelemetry/semantic-conventions';

/** By the level in a line. */
const SEVERITIES: Record<string, SeverityNumber> = {
  trace: SeverityNumber.TRACE,
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  fatal: SeverityNumber.FATAL,
};

/** Fields with a place of their own: in the record, its resource or its context. */
const PLACED = new Set(['level', 'time', 'service', 'trace_id', 'span_id', 'msg', 'event_name', 'err']);

type Line = Record<string, AnyValue>;

/**
 * The record of a log line: the same content, since the line has passed the rules about secrets. `msg` becomes the body,
 * `err` the attributes `exception.*`, and other fields attributes. Time and context are those of the call.
 * @throws SyntaxError on a line that is not JSON
 */
export function recordOf(line: string): LogRecord {
  const fields: Line = JSON.parse(line);
  const { level, msg, event_name, err } = fields;
  const attributes: Line = {};
  for (const key in fields) if (!PLACED.has(key)) attributes[key] = fields[key];
  addError(attributes, err);
  const severityText = String(level);
  return {
    severityNumber: SEVERITIES[severityText] ?? SeverityNumber.UNSPECIFIED,
    severityText,
    attributes,
    ...(msg === undefined ? {} : { body: msg }),
    ...(typeof event_name === 'string' ? { eventName: event_name } : {}),
  };
}

/** https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/; what it does not define stays in `err`. */
function addError(attributes: Line, err: AnyValue): void {
  if (!err) return;
  const { type, message, stack, ...rest } = err as Line & SafeError;
  attributes[ATTR_EXCEPTION_TYPE] = type;
  attributes[ATTR_EXCEPTION_MESSAGE] = message;
  if (stack !== undefined) attributes[ATTR_EXCEPTION_STACKTRACE] = stack;
  if (Object.keys(rest).length > 0) attributes.err = rest;
}
