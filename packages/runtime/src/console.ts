import { formatWithOptions } from 'node:util';
import { type Logger, withoutValues } from '@hotel/log';
import { detached } from '@hotel/telemetry';

/**
 * Redirects to the logger what libraries write to the console (BullMQ: eviction policy, old Redis) and Node's own
 * warnings. The log must be JSON, and a dumped error may contain a password.
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
      // Library messages belong to no request.
      detached(() => log[level](err ? { err } : {}, message));
    };
  }
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => detached(() => log.warn(`${name}: ${message}`)));
}
