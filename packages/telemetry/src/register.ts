/**
 * The lesson: everything between a plain Node process and a traced one. Loaded before the program itself by
 * `node --import @hotel/telemetry/register src/main.ts`, because what is to be instrumented must be caught while it loads.
 *
 * What the program does besides, at its edges: HTTP in (http-server.ts), HTTP out (http-client.ts), the database
 * (sqlite.ts), the outbox and the queue (messaging.ts). Nothing else in this repository knows OpenTelemetry.
 */
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { redisTracerProvider } from './edges/redis.ts';
import { httpPassThrough, httpPropagator, propagatorsFrom } from './propagation/http.ts';
import { propagateInMessages } from './propagation/propagation.ts';
import { applySettings } from './settings/apply.ts';
import { attributesFrom } from './settings/pairs.ts';
import { telemetryState } from './setup/state.ts';
import { sdkDisabled, serviceNameOf, telemetryEnabled } from './setup/switch.ts';

const env = process.env;

// First of all: a setting that is wrong is reported and taken as not set, it never keeps a service from starting.
const problems = applySettings(env);
// Who we are. Without it every process of every system is `unknown_service:node` in Jaeger.
env.OTEL_SERVICE_NAME ??=
  attributesFrom(env.OTEL_RESOURCE_ATTRIBUTES)['service.name'] ?? serviceNameOf(process.argv[1]);

// What follows a request across every `await`. Without it no span would find its parent.
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const propagators = propagatorsFrom(env.OTEL_PROPAGATORS);

try {
  if (telemetryEnabled(env)) await startTracing();
  // `/metrics` is there all the same: how busy a process is does not depend on who collects its traces. Only no SDK is no metrics.
  else if (!sdkDisabled(env)) await startMetering();
} catch (error) {
  // Not its message: it may repeat a setting.
  problems.push(`telemetry could not start (${error instanceof Error ? error.name : 'Error'}); there are no spans`);
}
// Without an SDK, what the caller sent is passed on untouched, since an untraced service in the middle would cut its caller's trace
// in two.
if (!telemetryState.enabled) propagation.setGlobalPropagator(httpPassThrough(propagators));
if (problems.length > 0) (await import('./setup/diagnostics.ts')).logProblems(problems);

async function startMetering() {
  const { startMetrics } = await import('./metrics/provider.ts');
  const { detectResource } = await import('./setup/resource.ts');
  const { speakThroughLogger } = await import('./setup/diagnostics.ts');

  // Without it a dead collector and dropped spans are silent.
  const logDrop = speakThroughLogger();
  const resource = await detectResource(env);
  // Counts and durations, for `/metrics` and whoever OTEL_METRICS_EXPORTER names.
  const metrics = await startMetrics(resource);
  telemetryState.shutdown = () => metrics.shutdown();
  return { resource, metrics, logDrop };
}

/** Off means not constructed: no SDK for spans is even imported unless this is called. */
async function startTracing() {
  const [{ TracerProvider }, { registerInstrumentations }, { IORedisInstrumentation }] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/instrumentation'),
    import('@opentelemetry/instrumentation-ioredis'),
  ]);
  const { spanProcessorsFromEnv } = await import('./setup/span-processors.ts');
  const { countDroppedSpans } = await import('./setup/dropped-spans.ts');
  const { withRandomFlag } = await import('./setup/random-flag.ts');
  const { withSafeSpans } = await import('./setup/safe-spans.ts');
  const { createSampler, spanLimitsFromEnv } = await import('./setup/sampler.ts');

  const { resource, metrics, logDrop } = await startMetering();
  const { meterProvider, onDrop } = countDroppedSpans(metrics, logDrop);

  const provider = new TracerProvider({
    // Who speaks: every span carries it.
    resource,
    // Which traces that start here are kept, and how much a span may hold.
    sampler: createSampler(env.OTEL_TRACES_SAMPLER, Number(env.OTEL_TRACES_SAMPLER_ARG || 1)),
    spanLimits: spanLimitsFromEnv(),
    // Where spans go. Batches, so that no request ever waits for a collector.
    spanProcessors: await spanProcessorsFromEnv(meterProvider, onDrop),
  });
  trace.setGlobalTracerProvider(withSafeSpans(withRandomFlag(provider)));

  // How context crosses HTTP. Without it every service starts a trace of its own.
  propagation.setGlobalPropagator(await httpPropagator(propagators));
  // The same for what is written into messages and into the outbox's columns.
  propagateInMessages();

  registerInstrumentations({
    instrumentations: [
      new IORedisInstrumentation({
        // Only below a span of ours. Without it the queue's housekeeping makes traces of its own: 22 of 30 spans of one job.
        requireParentSpan: true,
        // The command's name and nothing else. The default writes the arguments too, and the arguments of a queue are
        // the jobs: the guest's data would stand in every trace.
        dbStatementSerializer: (command) => command,
      }),
    ],
    // The errors of Redis repeat the arguments too, and its spans have no `error.type`.
    tracerProvider: redisTracerProvider(trace.getTracerProvider()),
  });

  telemetryState.enabled = true;
  // Whoever ends the process must call it last (packages/runtime does): the last batch is still in memory.
  telemetryState.shutdown = async () => {
    await Promise.all([provider.shutdown(), metrics.shutdown()]);
  };
}
