import { createRequire } from 'node:module';
import { isSpanContextValid, trace } from '@opentelemetry/api';
import { type Logger, pino } from 'pino';
import { serviceNameOf } from './switch.ts';

export type { Logger } from 'pino';

/** `trace_id` and `span_id` of the span a line is written in: how one gets from a log line to its trace, and back. */
function traceIds(): object {
  const span = trace.getActiveSpan()?.spanContext();
  if (!span || !isSpanContextValid(span)) return {};
  return { trace_id: span.traceId, span_id: span.spanId };
}

/** JSON lines on stdout; on a terminal the same, readable. The level is `LOG_LEVEL` (default `info`). */
export function createLogger(service = process.env.OTEL_SERVICE_NAME || serviceNameOf(process.argv[1])): Logger {
  const options = {
    level: process.env.LOG_LEVEL || 'info',
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: traceIds,
    redact: ['req.headers.authorization', 'authorization'],
  };
  if (!process.stdout.isTTY) return pino(options);
  const pretty = createRequire(import.meta.url)('pino-pretty') as typeof import('pino-pretty');
  return pino(options, pretty({ sync: true, ignore: 'service', messageFormat: '{service}: {msg}' }));
}
