export { type Environment, expand } from './environment.ts';
export { SystemError } from './error.ts';
export { MEMORY_SAVING } from './memory-saving.ts';
export { freePorts } from './ports/ports.ts';
export { type PostgresOptions, type PostgresServer, startPostgres } from './postgres/server.ts';
export {
  describeExit,
  type Exit,
  type OutputLine,
  quoteLines,
  type StopResult,
  type UnexpectedExit,
} from './process/child.ts';
export { type ProcessHandle, type ProcessOptions, startProcess } from './process/process.ts';
export { locatePrometheus, type PrometheusServer, startPrometheus } from './prometheus/server.ts';
export { PYTHON, preparePython } from './python/environment.ts';
export { provideRedis, type RedisOptions, type RedisServer } from './redis/server.ts';
export { withReplicas } from './replicas.ts';
export { type RunningSystem, type StartOptions, startSystem } from './start-system.ts';
export type { ProcessSpec, System } from './types.ts';
export { viewerProcess } from './viewer.ts';
