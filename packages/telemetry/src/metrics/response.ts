import { telemetryState } from '../setup/state.ts';

/** The format of https://prometheus.io/docs/instrumenting/exposition_formats/; without the version Prometheus 3 must guess. */
const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';

/** The response of `/metrics`; undefined without metrics (`OTEL_SDK_DISABLED`, or telemetry was not loaded). */
export async function metricsResponse(): Promise<Response | undefined> {
  const text = await telemetryState.scrape?.();
  return text === undefined ? undefined : new Response(text, { headers: { 'content-type': PROMETHEUS_TEXT } });
}
