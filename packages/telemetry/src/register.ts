/**
 * The lesson: everything between a plain Node process and a traced one. Loaded before the program itself by
 * `node --import @hotel/telemetry/register src/main.ts`, because what is to be instrumented must be caught while it loads.
 *
 * What the program does besides, at its edges: HTTP in (http-server.ts), HTTP out (http-client.ts), the database
 * (sqlite.ts), the outbox and the queue (messaging.ts). Nothing else in this repository knows OpenTelemetry.
 */
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { redisTracerProvider } from './edges/redis.ts';
import { passThrough, propagateInMessages, w3cPropagator } from './propagation/propagation.ts';
import { telemetryState } from './setup/state.ts';
import { sdkDisabled, serviceNameOf, telemetryEnabled } from './setup/switch.ts';

const env = process.env;

// Who we are. Without it every process of every system is `unknown_service:node` in Jaeger.
env.OTEL_SERVICE_NAME ||= serviceNameOf(process.argv[1]);
// Never `all`: the cloud detectors ask link-local addresses for metadata, at start, on every laptop.
env.OTEL_NODE_RESOURCE_DETECTORS ||= 'env,host,os,process,serviceinstance';

if (!telemetryEnabled(env)) {
  // Off means not constructed: no SDK for spans is even imported. The context manager and the pass-through propagator stay, since
  // without them an untraced service in the middle would cut its caller's trace in two.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  passThrough();
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
  // The SDK exports logs to the same endpoint unless told not to; a collector that takes only traces then answers
  // UNIMPLEMENTED for ever.
  env.OTEL_LOGS_EXPORTER ||= 'none';

  const [{ NodeSDK }, { IORedisInstrumentation }, { startMetrics }, { detectResource }] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/instrumentation-ioredis'),
    import('./metrics/provider.ts'),
    import('./setup/resource.ts'),
  ]);
  const { spanProcessorsFromEnv } = await import('./setup/span-processors.ts');
  const { countDroppedSpans } = await import('./setup/dropped-spans.ts');
  const { speakThroughLogger } = await import('./setup/diagnostics.ts');

  // Without it a dead collector and dropped spans are silent.
  const logDrop = speakThroughLogger();

  const resource = detectResource();
  // Counts and durations, for `/metrics` and whoever OTEL_METRICS_EXPORTER names.
  const metrics = await startMetrics(resource);
  const { meterProvider, onDrop } = countDroppedSpans(metrics, logDrop);

  const redis = new IORedisInstrumentation({
    // Only below a span of ours. Without it the queue's housekeeping makes traces of its own: 22 of 30 spans of one job.
    requireParentSpan: true,
    // The command's name and nothing else. The default writes the arguments too, and the arguments of a queue are
    // the jobs: the guest's data would stand in every trace.
    dbStatementSerializer: (command) => command,
  });

  const sdk = new NodeSDK({
    resource,
    autoDetectResources: false,

    // Where spans go. Batches, so that no request ever waits for a collector.
    spanProcessors: await spanProcessorsFromEnv(meterProvider, onDrop),

    // Ours are running already.
    metricReaders: [],

    // How context crosses HTTP. Without it every service starts a trace of its own. The SDK's own W3C propagator would
    // drop the random flag; another one that OTEL_PROPAGATORS asks for (b3, say) is the SDK's.
    ...(isW3C(env.OTEL_PROPAGATORS) ? { textMapPropagator: w3cPropagator() } : {}),

    instrumentations: [redis],
    // The sampler (OTEL_TRACES_SAMPLER), the span limits (OTEL_SPAN_*_LIMIT) and the id generator are the SDK's, from the environment.
  });
  sdk.start();
  // The errors of Redis repeat the arguments too, and its spans have no `error.type`.
  redis.setTracerProvider(redisTracerProvider(trace.getTracerProvider()));

  // The same for what is written into messages and into the outbox's columns.
  propagateInMessages();

  telemetryState.enabled = true;
  // Whoever ends the process must call it last (packages/runtime does): the last batch is still in memory.
  telemetryState.shutdown = async () => {
    await Promise.all([sdk.shutdown(), metrics.shutdown()]);
  };
}

function isW3C(propagators: string | undefined): boolean {
  const names = propagators?.split(',').map((name) => name.trim()) ?? [];
  return !propagators?.trim() || (names.length === 2 && names.includes('tracecontext') && names.includes('baggage'));
}
