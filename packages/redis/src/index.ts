export { createQueueCheck, createRedisCheck } from './checks.ts';
export { connectRedis } from './connect.ts';
export { redisUrlSchema } from './url.ts';
