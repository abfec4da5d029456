import { telemetryState } from '../setup/state.ts';
import { acceptsOpenMetrics } from './accept.ts';

/** The formats of https://prometheus.io/docs/instrumenting/exposition_formats/; without the version Prometheus 3 must guess. */
const CONTENT_TYPES = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/**
 * The response of `/metrics`: in OpenMetrics, which has exemplars, where the request's `Accept` header names it.
 * @returns undefined without metrics (`OTEL_SDK_DISABLED`, or telemetry was not loaded)
 */
export async function metricsResponse(accept: string | null | undefined): Promise<Response | undefined> {
  const format = acceptsOpenMetrics(accept ?? '') ? 'openmetrics' : 'text';
  const text = await telemetryState.scrape?.(format);
  if (text === undefined) return undefined;
  return new Response(text, { headers: { 'content-type': CONTENT_TYPES[format], vary: 'accept' } });
}
