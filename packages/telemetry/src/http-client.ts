import { type Attributes, context, propagation, SpanKind, trace } from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_FULL,
} from './attributes.ts';
import { secondsSince } from './metrics.ts';
import { errorTypeOf, markFailed, markThrown, tracer } from './spans.ts';
import { telemetryState } from './state.ts';

/**
 * `fetch` with a CLIENT span around it and the context in its headers
 * (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span). Without the headers the service that is
 * called starts a trace of its own. The span covers the time until the response's headers are there.
 * @throws what `fetch` throws: `TypeError` when nobody answers, the signal's reason when time is up.
 */
export async function tracedFetch(url: URL, init: RequestInit & { method: string }): Promise<Response> {
  const began = performance.now();
  const attributes = requestAttributes(url, init.method);
  const span = tracer.startSpan(init.method, {
    kind: SpanKind.CLIENT,
    // Neither credentials nor the query string.
    attributes: { ...attributes, [ATTR_URL_FULL]: url.origin + url.pathname },
  });
  const here = trace.setSpan(context.active(), span);
  const headers = new Headers(init.headers);
  propagation.inject(here, headers, { set: (carrier, key, value) => carrier.set(key, value) });
  try {
    const response = await context.with(here, fetch, undefined, url, { ...init, headers });
    attributes[ATTR_HTTP_RESPONSE_STATUS_CODE] = response.status;
    span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, response.status);
    if (response.status >= 400) {
      attributes[ATTR_ERROR_TYPE] = String(response.status);
      markFailed(span, String(response.status));
    }
    return response;
  } catch (error) {
    // undici wraps what really happened (ECONNREFUSED) in a TypeError "fetch failed".
    const cause = error instanceof TypeError && error.cause ? error.cause : error;
    attributes[ATTR_ERROR_TYPE] = errorTypeOf(cause);
    markThrown(span, cause);
    throw error;
  } finally {
    span.end();
    telemetryState.metrics?.httpClientDuration.record(secondsSince(began), attributes);
  }
}

/** What spans and metrics both say: nothing that is different for every request. */
function requestAttributes(url: URL, method: string): Attributes {
  return {
    [ATTR_HTTP_REQUEST_METHOD]: method,
    [ATTR_SERVER_ADDRESS]: url.hostname,
    [ATTR_SERVER_PORT]: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
  };
}
