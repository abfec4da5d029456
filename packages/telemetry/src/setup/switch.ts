type Environment = Record<string, string | undefined>;

/**
 * Telemetry is on when an endpoint or an exporter is set. `OTEL_SDK_DISABLED=true` and `OTEL_TRACES_EXPORTER=none` turn
 * it off, as in the specification:
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function telemetryEnabled(env: Environment): boolean {
  if (sdkDisabled(env)) return false;
  const exporters = env.OTEL_TRACES_EXPORTER?.trim();
  if (exporters) return exporters !== 'none';
  return Boolean(env.OTEL_EXPORTER_OTLP_ENDPOINT?.trim() || env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?.trim());
}

/** Log lines are exported only on request: a collector of traces alone would reject them. */
export function logsEnabled(env: Environment): boolean {
  const exporters = env.OTEL_LOGS_EXPORTER?.trim();
  return Boolean(exporters) && exporters !== 'none';
}

/** `OTEL_SDK_DISABLED=true`: no SDK at all, not even for metrics. */
export function sdkDisabled(env: Environment): boolean {
  return env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true';
}

/**
 * Whether children of an unsampled span are never sampled, so the sampler need not be asked (`OTEL_TRACES_SAMPLER`,
 * default `parentbased_always_on`).
 */
export function samplingFollowsParent(env: Environment): boolean {
  const sampler = env.OTEL_TRACES_SAMPLER?.trim();
  return !sampler || sampler.startsWith('parentbased_');
}
