/** `node --import ./lean.ts service.ts`: only the instrumentations that a trace across the queue needs. */
import { configureTracing } from './config.ts';

configureTracing('http,ioredis');
await import('@opentelemetry/auto-instrumentations-node/register');
