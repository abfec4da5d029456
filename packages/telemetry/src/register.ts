/**
 * Start reading here: everything that turns a plain Node process into a traced one. It is loaded before the program by
 * `node --import @hotel/telemetry/register src/main.ts`, because the adapters ask as they load whether there is an SDK.
 *
 * The program's edges have adapters in edges/: HTTP in (http-server.ts), HTTP out (http-client.ts), the databases
 * (sqlite.ts, postgres.ts), Redis (redis.ts), the outbox and the queue (messaging.ts). The services
 * themselves do not import OpenTelemetry.
 */
import { serviceNameOf } from '@hotel/log';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { httpPassThrough, httpPropagator, propagatorsFrom } from './propagation/http.ts';
import { propagateInMessages } from './propagation/propagation.ts';
import { applySettings } from './settings/apply.ts';
import { attributesFrom } from './settings/pairs.ts';
import { telemetryState } from './setup/state.ts';
import { logsEnabled, sdkDisabled, telemetryEnabled } from './setup/switch.ts';

const env = process.env;

// First: an invalid setting is reported and treated as unset; it never prevents a service from starting.
const problems = applySettings(env);
// Without a service name every process shows up as `unknown_service:node` in Jaeger.
env.OTEL_SERVICE_NAME ??=
  attributesFrom(env.OTEL_RESOURCE_ATTRIBUTES)['service.name'] ?? serviceNameOf(process.argv[1]);

// Carries the active span across every `await`. Without it no span would find its parent.
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const propagators = propagatorsFrom(env.OTEL_PROPAGATORS);

try {
  if (telemetryEnabled(env)) await startTracing();
  // `/metrics` works without a trace backend. Only OTEL_SDK_DISABLED turns metrics off.
  else if (!sdkDisabled(env)) await startMetering(false);
} catch (error) {
  // The message is left out: it may contain a setting.
  problems.push(`telemetry could not start (${error instanceof Error ? error.name : 'Error'}); there are no spans`);
}
// Without an SDK the caller's headers are forwarded unchanged: an untraced service in the middle must not split its
// caller's trace in two.
if (!telemetryState.enabled) propagation.setGlobalPropagator(httpPassThrough(propagators));
if (problems.length > 0) (await import('./setup/diagnostics.ts')).logProblems(problems);

/** Metrics, and logs where they are exported. */
async function startMetering(hasSpans: boolean) {
  const { exemplarFilterFrom } = await import('./metrics/exemplars/exemplars.ts');
  const { startMetrics } = await import('./metrics/provider.ts');
  const { detectResource } = await import('./setup/resource.ts');
  const { logThroughLogger } = await import('./setup/diagnostics.ts');

  // Without this, a dead collector and dropped spans go unnoticed.
  const logDrops = logThroughLogger();
  const resource = await detectResource(env);
  // Counts and durations, for `/metrics` and the exporters in OTEL_METRICS_EXPORTER.
  const metrics = await startMetrics(resource, exemplarFilterFrom(env, hasSpans));
  telemetryState.shutdown = () => metrics.shutdown();
  if (logsEnabled(env)) {
    // The lines of the log, which remain on stdout, as records with the same trace ids.
    const { startLogs } = await import('./logs/start.ts');
    await startLogs(resource, metrics, logDrops('log records'));
  }
  return { resource, metrics, logDrops };
}

/** Off means not constructed: the tracing SDK is not even imported unless this is called. */
async function startTracing() {
  const { createTracerProvider } = await import('./spans/tracer.ts');
  const { spanProcessorsFromEnv } = await import('./setup/span-processors.ts');
  const { countDroppedSpans } = await import('./setup/dropped-spans.ts');
  const { withSafeSpans } = await import('./setup/safe-spans.ts');
  const { createSampler, spanLimitsFromEnv } = await import('./setup/sampler.ts');

  const { resource, metrics, logDrops } = await startMetering(true);
  const { meterProvider, onDrop } = countDroppedSpans(metrics, logDrops('spans'));

  // Where spans go, in batches, so that no request waits for a collector.
  const processors = await spanProcessorsFromEnv(meterProvider, onDrop);
  telemetryState.exportLeaf = processors.exportLeaf;
  // What browsers report goes the same way, with a resource of its own.
  telemetryState.relay = { resource, exportSpan: processors.exportSpan };

  const provider = createTracerProvider({
    // Identifies this process on every span.
    resource,
    // Which of the traces that start here are kept, and how much a span may hold.
    sampler: await createSampler(env.OTEL_TRACES_SAMPLER, Number(env.OTEL_TRACES_SAMPLER_ARG || 1)),
    spanLimits: spanLimitsFromEnv(),
    spanProcessors: processors.all,
  });
  trace.setGlobalTracerProvider(withSafeSpans(provider));

  // How context crosses HTTP. Without it every service starts its own trace.
  propagation.setGlobalPropagator(await httpPropagator(propagators));
  // The same for messages and the outbox's columns.
  propagateInMessages();

  telemetryState.enabled = true;
  // Must run last before the process exits (packages/runtime does this): the last batch is still in memory.
  telemetryState.shutdown = async () => {
    await Promise.all([provider.shutdown(), metrics.shutdown()]);
  };
}
