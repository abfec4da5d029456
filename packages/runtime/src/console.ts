import { formatWithOptions } from 'node:util';
import { detached, type Logger, withoutValues } from '@hotel/telemetry';

/**
 * Makes log lines of what libraries write to the console (BullMQ does, about an eviction policy or an old Redis) and of Node's own
 * warnings: whoever reads the log reads JSON, and an error that is written as a whole may hold a password.
 */
export function logConsole(logger: Logger): void {
  const log = logger.child({ component: 'console' });
  for (const level of ['warn', 'error'] as const) {
    console[level] = (...args: unknown[]) => {
      const err = args.find((arg) => arg instanceof Error);
      const texts = args.map((arg) => (arg instanceof Error ? withoutValues(arg).message : arg));
      const message = formatWithOptions({ depth: 1, breakLength: Number.POSITIVE_INFINITY }, ...texts)
        .replace(/\s+/g, ' ')
        .trim();
      // What a library has to say belongs to no request.
      detached(() => log[level](err ? { err } : {}, message));
    };
  }
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => detached(() => log.warn(`${name}: ${message}`)));
}
