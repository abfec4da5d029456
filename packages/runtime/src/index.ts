export { type Backoff, createBackoff } from './backoff.ts';
export { BoundedMap } from './bounded-map.ts';
export {
  ConfigError,
  expectation,
  portSchema,
  processSchema,
  readConfig,
  tracesUrlSchema,
  urlSchema,
} from './config.ts';
export { detached, remainingMs, within } from './deadline.ts';
export { type ListenOptions, listen } from './listen.ts';
export { listenBoth } from './listen-both.ts';
export { run } from './run.ts';
