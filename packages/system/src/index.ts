export { describeExit, type Exit, type OutputLine, quoteLines, type StopResult, type UnexpectedExit } from './child.ts';
export { type Environment, expand } from './environment.ts';
export { SystemError } from './error.ts';
export { freePorts } from './ports.ts';
export { type ProcessHandle, type ProcessOptions, startProcess } from './process.ts';
export { provideRedis, type RedisOptions, type RedisServer } from './redis/server.ts';
export { type RunningSystem, type StartOptions, startSystem } from './start-system.ts';
export type { ProcessSpec, SpanShape, System } from './types.ts';
export { viewerProcess } from './viewer.ts';
