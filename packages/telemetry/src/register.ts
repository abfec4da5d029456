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
import { telemetryState } from './setup/state.ts';
import { sdkDisabled, serviceNameOf, telemetryEnabled } from './setup/switch.ts';

const env = process.env;

// Who we are. Without it every process of every system is `unknown_service:node` in Jaeger.
env.OTEL_SERVICE_NAME ||= serviceNameOf(process.argv[1]);
// Never `all`: the cloud detectors ask link-local addresses for metadata, at start, on every laptop.
env.OTEL_NODE_RESOURCE_DETECTORS ||= 'env,host,os,process,serviceinstance';

// What follows a request across every `await`. Without it no span would find its parent.
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const propagators = propagatorsFrom(env.OTEL_PROPAGATORS);

if (!telemetryEnabled(env)) {
  // Off means not constructed: no SDK for spans is even imported. What the caller sent is passed on untouched, since an untraced
  // service in the middle would cut its caller's trace in two.
  propagation.setGlobalPropagator(httpPassThrough(propagators));
  // `/metrics` is there all the same: how busy a process is does not depend on who collects its traces.
  if (!sdkDisabled(env)) {
    const [{ startMetrics }, { detectResource }] = await Promise.all([
      import('./metrics/provider.ts'),
      import('./setup/resource.ts'),
    ]);
    const metrics = await startMetrics(detectResource());
    telemetryState.shutdown = () => metrics.shutdown();
  }
} else {
  const [{ TracerProvider }, { registerInstrumentations }, { IORedisInstrumentation }] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/instrumentation'),
    import('@opentelemetry/instrumentation-ioredis'),
  ]);
  const { startMetrics } = await import('./metrics/provider.ts');
  const { detectResource } = await import('./setup/resource.ts');
  const { spanProcessorsFromEnv } = await import('./setup/span-processors.ts');
  const { countDroppedSpans } = await import('./setup/dropped-spans.ts');
  const { speakThroughLogger } = await import('./setup/diagnostics.ts');
  const { withRandomFlag } = await import('./setup/random-flag.ts');
  const { createSampler, spanLimitsFromEnv } = await import('./setup/sampler.ts');

  // Without it a dead collector and dropped spans are silent.
  const logDrop = speakThroughLogger();

  const resource = detectResource();
  // Counts and durations, for `/metrics` and whoever OTEL_METRICS_EXPORTER names.
  const metrics = await startMetrics(resource);
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
  trace.setGlobalTracerProvider(withRandomFlag(provider));

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
