/** `node --import ./auto.ts service.ts`: all contributed instrumentations that are on by default. */
import { configureTracing } from './config.ts';

configureTracing();
await import('@opentelemetry/auto-instrumentations-node/register');
