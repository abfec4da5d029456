export { createLogger, forwardLines, LOG_LEVELS, type Logger } from './logger.ts';
export { type SafeError, safeError, withoutValues } from './safe-error.ts';
export { serviceNameOf } from './service-name.ts';
