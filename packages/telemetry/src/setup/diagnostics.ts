import { DiagLogLevel, diag } from '@opentelemetry/api';
import { diagLogLevelFromString, setGlobalErrorHandler } from '@opentelemetry/core';
import { createLogger } from './logger.ts';

const QUIET_MS = 30_000;

/**
 * Lets the SDK speak through the process's own log, so that its troubles are JSON lines like all others, and says each
 * kind of trouble once in 30 s: a dead collector fails five times a second.
 * @returns to be told of spans that were dropped.
 */
export function speakThroughLogger(): (count: number, reason: string) => void {
  const log = createLogger().child({ component: 'opentelemetry' });
  const text = (message: string, rest: unknown[]) => [message, ...rest.map(String)].join(' ');
  diag.setLogger(
    {
      error: (message, ...rest) => log.error(text(message, rest)),
      warn: (message, ...rest) => log.warn(text(message, rest)),
      info: (message, ...rest) => log.info(text(message, rest)),
      debug: (message, ...rest) => log.debug(text(message, rest)),
      verbose: (message, ...rest) => log.trace(text(message, rest)),
    },
    {
      logLevel: diagLogLevelFromString(process.env.OTEL_LOG_LEVEL) ?? DiagLogLevel.WARN,
      suppressOverrideMessage: true,
    },
  );
  // With it set, the SDK would replace this logger by the console.
  delete process.env.OTEL_LOG_LEVEL;

  const sayExportFailed = rarely((count, error: unknown) =>
    log.warn(
      { failed: count },
      `spans could not be exported: ${error instanceof Error ? error.message : String(error)}`,
    ),
  );
  setGlobalErrorHandler((error) => sayExportFailed(1, error));
  const sayDropped = rarely((count, reason: string) => log.warn({ dropped: count, reason }, 'spans were dropped'));
  return sayDropped;
}

/** Sums up what happens within 30 s of the last time something was said. */
function rarely<T>(say: (count: number, detail: T) => void): (count: number, detail: T) => void {
  let last = Number.NEGATIVE_INFINITY;
  let sum = 0;
  return (count, detail) => {
    sum += count;
    const now = performance.now();
    if (now - last < QUIET_MS) return;
    last = now;
    say(sum, detail);
    sum = 0;
  };
}
