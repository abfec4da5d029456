import { safeError } from '@hotel/log';
import { type Exception, type HrTime, logs, ROOT_CONTEXT, SeverityNumber, type Span, trace } from '@opentelemetry/api';
import {
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_STACKTRACE,
  ATTR_EXCEPTION_TYPE,
} from '@opentelemetry/semantic-conventions';
import { SCHEMA_URL, SCOPE_NAME, SCOPE_VERSION } from '../scope.ts';
import { now } from '../setup/clock.ts';
import { telemetryState } from '../setup/state.ts';

interface ExceptionEvent {
  name: string;
  severity: 'WARN' | 'ERROR';
}

/**
 * The log event of an exception in each kind of operation; a client's caller may still succeed, hence WARN.
 * https://opentelemetry.io/docs/specs/semconv/http/http-exceptions/, and the same for databases and messaging.
 */
export const exceptionEvents = {
  httpServer: { name: 'http.server.request.exception', severity: 'ERROR' },
  httpClient: { name: 'http.client.request.exception', severity: 'WARN' },
  database: { name: 'db.client.operation.exception', severity: 'WARN' },
  send: { name: 'messaging.send.exception', severity: 'WARN' },
  process: { name: 'messaging.process.exception', severity: 'ERROR' },
  other: { name: 'exception', severity: 'ERROR' },
} as const satisfies Record<string, ExceptionEvent>;

/**
 * Records an exception, without the values that libraries attach to it, on its span or as a log event:
 * https://opentelemetry.io/docs/specs/semconv/exceptions/. Every adapter comes through here.
 * @param type of low cardinality
 */
export function recordException(
  span: Span,
  error: unknown,
  type: string,
  event: ExceptionEvent,
  time?: HrTime,
): { message: string } {
  const { message, stack } = safeError(error);
  const { exceptionSignal } = telemetryState;
  if (exceptionSignal !== 'logs') {
    const exception: Exception = { name: type, message, ...(stack === undefined ? {} : { stack }) };
    span.recordException(exception, time);
  }
  if (exceptionSignal) {
    logs.getLogger(SCOPE_NAME, SCOPE_VERSION, { schemaUrl: SCHEMA_URL }).emit({
      eventName: event.name,
      severityNumber: SeverityNumber[event.severity],
      severityText: event.severity,
      attributes: {
        [ATTR_EXCEPTION_TYPE]: type,
        [ATTR_EXCEPTION_MESSAGE]: message,
        ...(stack === undefined ? {} : { [ATTR_EXCEPTION_STACKTRACE]: stack }),
      },
      context: trace.setSpan(ROOT_CONTEXT, span),
      timestamp: time ?? now(),
    });
  }
  return { message };
}
