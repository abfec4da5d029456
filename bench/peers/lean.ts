/** `node --import ./lean.ts service.ts`: only the instrumentations needed for a trace across the queue. */
import { configureTracing } from './config.ts';

configureTracing('http,ioredis');
await import('@opentelemetry/auto-instrumentations-node/register');
