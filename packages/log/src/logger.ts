import { createRequire } from 'node:module';
import { isSpanContextValid, trace } from '@opentelemetry/api';
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { safeError, safeText, withoutSecrets } from './safe-error.ts';
import { serviceNameOf } from './service-name.ts';

export type { Logger } from 'pino';

/** Receives every line that any logger of this process writes: JSON, complete, without secrets. Must not throw. */
type LineReceiver = (line: string) => void;

let forwardLine: LineReceiver | undefined;

/** Also passes all lines to `receiver`, for the export over OTLP. Undefined: to none, as at the start. */
export function forwardLines(receiver: LineReceiver | undefined): void {
  forwardLine = receiver;
}

/** Values of `LOG_LEVEL`. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** `trace_id` and `span_id` of the active span, which lead from a log line to its trace and back. */
function traceIds(): object {
  const span = trace.getActiveSpan()?.spanContext();
  if (!span || !isSpanContextValid(span)) return {};
  return { trace_id: span.traceId, span_id: span.spanId };
}

/**
 * Reduces errors under any field name: pino's own serializer writes all their properties. `err` is left to its serializer, which
 * runs later and needs the error itself to report its class.
 */
function withoutRawErrors(fields: Record<string, unknown>): Record<string, unknown> {
  const isRaw = (key: string, value: unknown) => key !== 'err' && value instanceof Error;
  const entries = Object.entries(fields);
  if (!entries.some(([key, value]) => isRaw(key, value))) return fields;
  return Object.fromEntries(entries.map(([key, value]) => [key, isRaw(key, value) ? safeError(value) : value]));
}

/** pino throws on an unknown level. The preload reports it and treats it as unset. */
function levelOf(name = ''): string {
  const level = name.trim().toLowerCase();
  return LOG_LEVELS.includes(level) ? level : 'info';
}

/**
 * Writes JSON lines to stdout or to `destination`; pretty-prints on a terminal. The level is `LOG_LEVEL` (default
 * `info`). Errors are reduced by `safeError`, and no line contains the credentials of a URL. Lines are written
 * synchronously: pino's asynchronous writes lose lines in a crash, and its `fatal` overtakes the lines before it.
 */
export function createLogger(
  service = process.env.OTEL_SERVICE_NAME || serviceNameOf(process.argv[1]),
  destination?: DestinationStream,
): Logger {
  const options: LoggerOptions = {
    level: levelOf(process.env.LOG_LEVEL),
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: withoutRawErrors },
    serializers: { err: safeError },
    hooks: {
      logMethod(args, method) {
        const [first, ...rest] = args as [unknown, ...unknown[]];
        const texts = rest.map((value) => (value instanceof Error ? safeText(value.message) : value));
        // `log.error(error)`: pino would use the error's raw message.
        if (first instanceof Error)
          method.call(this, { err: first }, String(texts.shift() ?? safeError(first).message), ...texts);
        else method.apply(this, [first, ...texts] as Parameters<typeof method>);
      },
      streamWrite(line) {
        const safe = withoutSecrets(line);
        forwardLine?.(safe);
        return safe;
      },
    },
    mixin: traceIds,
    redact: ['req.headers.authorization', 'authorization'],
  };
  if (destination) return pino(options, destination);
  if (!process.stdout.isTTY) return pino(options, pino.destination({ dest: 1, sync: true }));
  const pretty = createRequire(import.meta.url)('pino-pretty') as typeof import('pino-pretty');
  return pino(options, pretty({ sync: true, ignore: 'service', messageFormat: '{service}: {msg}' }));
}
