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
import { type Answer, type Call, exchange } from './http-exchange.ts';
import { addressOf } from './request-target.ts';
import { errorTypeOf, markFailed, markThrown, tracer } from './spans.ts';

const headerSetter: TextMapSetter<Record<string, string>> = {
  set(headers, name, value) {
    headers[name] = value;
  },
};

/**
 * Calls another service, with a CLIENT span around it and the context in its headers
 * (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span). Without the headers the called
 * service starts its own trace. The span ends when the response has been read: after the SERVER span below it.
 * @throws see `exchange`.
 */
export async function tracedFetch(url: URL, call: Call): Promise<Answer> {
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
    const answer = await exchange(url, { ...call, headers });
    attributes[ATTR_HTTP_RESPONSE_STATUS_CODE] = answer.status;
    span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, answer.status);
    if (answer.status >= 400) {
      attributes[ATTR_ERROR_TYPE] = String(answer.status);
      markFailed(span, String(answer.status));
    }
    return answer;
  } catch (error) {
    attributes[ATTR_ERROR_TYPE] = errorTypeOf(error);
    markThrown(span, error);
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
