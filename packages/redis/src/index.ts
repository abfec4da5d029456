export { createQueueCheck, createRedisCheck, memoryInfo } from './checks.ts';
export type { RedisClient } from './client.ts';
export { connectRedis, type RedisConnection } from './connect.ts';
export { connectOnce, RedisUnreachableError } from './once.ts';
export { queuePrefix, RedisUrlError } from './url.ts';
