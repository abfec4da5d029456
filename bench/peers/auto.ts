/** `node --import ./auto.ts service.ts`: all contributed instrumentations that are enabled by default. */
import { configureTracing } from './config.ts';

configureTracing();
await import('@opentelemetry/auto-instrumentations-node/register');
