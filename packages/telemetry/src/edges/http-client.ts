import { type Attributes, context, propagation, SpanKind, type TextMapSetter, trace } from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_FULL,
} from '../attributes.ts';
import { secondsSince } from '../metrics/instruments.ts';
import { telemetryState } from '../setup/state.ts';
import { addressOf } from './request-target.ts';
import { errorTypeOf, markFailed, markThrown, tracer } from './spans.ts';

/** The recorded parts of a call. */
export interface TracedCall {
  method: string;
  headers?: Record<string, string>;
  /** Replaces the path in spans where the path holds something private. Default: the path. */
  recordedPath?: string;
}

const headerSetter: TextMapSetter<Record<string, string>> = {
  set(headers, name, value) {
    headers[name] = value;
  },
};

/**
 * Wraps a call to another service in a CLIENT span
 * (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span). `send` gets the headers with the
 * context, without which the called service starts its own trace. It resolves when the response has been read, so that
 * the span ends after the SERVER span below it.
 * @throws whatever `send` throws.
 */
export async function traceCall<Response extends { status: number }>(
  url: URL,
  call: TracedCall,
  send: (headers: Record<string, string>) => Promise<Response>,
): Promise<Response> {
  const began = performance.now();
  const attributes = requestAttributes(url, call.method);
  const span = tracer.startSpan(call.method, {
    kind: SpanKind.CLIENT,
    // Without credentials and query string.
    attributes: { ...attributes, [ATTR_URL_FULL]: url.origin + (call.recordedPath ?? url.pathname) },
  });
  const here = trace.setSpan(context.active(), span);
  const headers = { ...call.headers };
  propagation.inject(here, headers, headerSetter);
  try {
    const response = await send(headers);
    attributes[ATTR_HTTP_RESPONSE_STATUS_CODE] = response.status;
    span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, response.status);
    if (response.status >= 400) {
      attributes[ATTR_ERROR_TYPE] = String(response.status);
      markFailed(span, String(response.status));
    }
    return response;
  } catch (error) {
    attributes[ATTR_ERROR_TYPE] = errorTypeOf(error);
    markThrown(span, error, 'httpClient');
    throw error;
  } finally {
    span.end();
    telemetryState.metrics?.httpClientDuration.record(secondsSince(began), attributes);
  }
}

/** Attributes of both spans and metrics, all of low cardinality. */
function requestAttributes(url: URL, method: string): Attributes {
  return {
    [ATTR_HTTP_REQUEST_METHOD]: method,
    [ATTR_SERVER_ADDRESS]: addressOf(url),
    [ATTR_SERVER_PORT]: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
  };
}
