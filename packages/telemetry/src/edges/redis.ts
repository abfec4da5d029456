import type { Exception, Span, Tracer, TracerProvider } from '@opentelemetry/api';
import { ATTR_DB_RESPONSE_STATUS_CODE } from '../attributes.ts';
import { SCHEMA_URL } from '../scope.ts';
import { markThrown } from './spans.ts';

/**
 * The tracer provider for the ioredis instrumentation. On failed spans it adds what the instrumentation lacks,
 * `error.type` and the error's prefix (`OOM`, `WRONGTYPE`) as the status code, and removes the arguments that Redis
 * repeats.
 */
export function redisTracerProvider(provider: TracerProvider): TracerProvider {
  return {
    getTracer(name, version) {
      const tracer = provider.getTracer(name, version, { schemaUrl: SCHEMA_URL });
      return {
        startSpan: (...args) => withOurFailures(tracer.startSpan(...args)),
        startActiveSpan: tracer.startActiveSpan.bind(tracer),
      } as Tracer;
    },
  };
}

function withOurFailures(span: Span): Span {
  if (!span.isRecording()) return span;
  const { recordException, setStatus } = span;
  span.recordException = (exception: Exception) => {
    Object.assign(span, { recordException, setStatus });
    const status = statusOf(exception);
    if (status) span.setAttribute(ATTR_DB_RESPONSE_STATUS_CODE, status);
    markThrown(span, exception, 'database', status ? { errorType: status } : {});
    // The rest repeats this in Redis' own words.
    span.setStatus = () => span;
  };
  return span;
}

/** https://opentelemetry.io/docs/specs/semconv/database/redis/: the prefix of a simple error. */
function statusOf(exception: Exception): string | undefined {
  const message = typeof exception === 'string' ? exception : exception.message;
  const isReply = typeof exception === 'object' && exception.name === 'ReplyError';
  return isReply ? /^-?([A-Z][A-Z0-9_]+)(?= )/.exec(message ?? '')?.[1] : undefined;
}
