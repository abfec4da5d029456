import { createLogger, type Logger } from '@hotel/log';
import { context, DiagLogLevel, diag, ROOT_CONTEXT } from '@opentelemetry/api';
import { diagLogLevelFromString, setGlobalErrorHandler } from '@opentelemetry/core';
import type { OnDrop } from '../otlp/careful-serializer.ts';
import { NOT_ACCEPTED } from '../otlp/refusal.ts';

/** Marks lines about the export itself, which are not exported: a failing exporter would create its own records. */
export const COMPONENT = 'opentelemetry';
const QUIET_MS = 30_000;
/** Upper bound on remembered messages; beyond it the oldest is forgotten. */
const MAX_MESSAGES = 64;
const MAX_DETAIL_LENGTH = 256;

/**
 * Sends the SDK's messages to the process's log as JSON lines. Each kind is logged once in 30 s (a dead collector fails
 * five times a second), and without the trace id of the request in which the SDK noticed.
 * @returns a function that logs dropped spans or log records.
 */
export function logThroughLogger(logger: Logger = createLogger()): (what: string) => OnDrop {
  const log = logger.child({ component: COMPONENT });
  const rarely = createRateLimit();
  const at = (level: 'error' | 'warn' | 'info' | 'debug' | 'trace') => {
    const isLimited = level === 'error' || level === 'warn';
    return (message: string, ...rest: unknown[]) => {
      const text = [message, ...rest.map(String)].join(' ');
      const write = (times: number) => log[level](times > 1 ? { times } : {}, text);
      // Messages of one kind differ only in their numbers.
      if (isLimited) rarely(`${level} ${message.replace(/\d+/g, '#')}`, 1, write);
      else context.with(ROOT_CONTEXT, write, undefined, 1);
    };
  };
  diag.setLogger(
    {
      error: at('error'),
      warn: at('warn'),
      info: at('info'),
      debug: at('debug'),
      verbose: at('trace'),
    },
    {
      logLevel: diagLogLevelFromString(process.env.OTEL_LOG_LEVEL) ?? DiagLogLevel.WARN,
      suppressOverrideMessage: true,
    },
  );
  setGlobalErrorHandler((error) => {
    // Reported once where it was noticed.
    if (error instanceof Error && error.name === NOT_ACCEPTED) return;
    const message = error instanceof Error ? error.message : String(error);
    rarely('export failed', 1, (failed) => log.warn({ failed }, `an export failed: ${message}`));
  });
  return (what) => (count, reason, detail) => {
    const details = detail ? { detail: String(detail).slice(0, MAX_DETAIL_LENGTH) } : {};
    rarely(`dropped ${what} ${reason}`, count, (dropped) => {
      log.warn({ dropped, reason, ...details }, `${what} were dropped`);
    });
  };
}

/** Logs problems with the settings, once at startup. */
export function logProblems(problems: string[], logger: Logger = createLogger()): void {
  const log = logger.child({ component: COMPONENT });
  for (const problem of problems) log.warn(problem);
}

type RateLimit = (kind: string, count: number, write: (sum: number) => void) => void;

/** Writes each kind of message once in 30 s, outside any trace, with the sum of the counts since the last one. */
function createRateLimit(): RateLimit {
  const kinds = new Map<string, { lastMs: number; sum: number }>();
  return (kind, count, write) => {
    const nowMs = performance.now();
    const { lastMs, sum } = kinds.get(kind) ?? { lastMs: Number.NEGATIVE_INFINITY, sum: 0 };
    if (nowMs - lastMs < QUIET_MS) {
      kinds.set(kind, { lastMs, sum: sum + count });
      return;
    }
    kinds.delete(kind);
    kinds.set(kind, { lastMs: nowMs, sum: 0 });
    for (const oldest of kinds.keys()) {
      if (kinds.size <= MAX_MESSAGES) break;
      kinds.delete(oldest);
    }
    context.with(ROOT_CONTEXT, write, undefined, sum + count);
  };
}
