import { diag, type Span, type Tracer, type TracerProvider } from '@opentelemetry/api';

/** The methods of a span that take content and return the span. */
const METHODS = [
  'setAttribute',
  'setAttributes',
  'addEvent',
  'addLink',
  'addLinks',
  'setStatus',
  'updateName',
  'recordException',
  'end',
] as const;

/**
 * A provider whose tracers and spans never throw into the program. They would throw on an attribute that is nested too
 * deep, a getter that throws, an exception without text, a link without a context. Such content is dropped, and the
 * SDK's log gets a warning.
 */
export function withSafeSpans(provider: TracerProvider): TracerProvider {
  return { getTracer: (...scope) => safeTracer(provider.getTracer(...scope)) };
}

function safeTracer(tracer: Tracer): Tracer {
  const safe: Tracer = Object.create(tracer);
  safe.startSpan = (name, options, context) => {
    try {
      return safeSpan(tracer.startSpan(name, options, context));
    } catch (error) {
      diag.warn('a span was started without its attributes and links:', nameOf(error));
      const { kind, root } = options ?? {};
      return safeSpan(tracer.startSpan('unnamed', { ...(kind ? { kind } : {}), ...(root ? { root } : {}) }, context));
    }
  };
  return safe;
}

const classes = new WeakSet<object>();

/** Replaces the methods once per span class. */
function safeSpan(span: Span): Span {
  const prototype: object = Object.getPrototypeOf(span);
  if (classes.has(prototype)) return span;
  classes.add(prototype);
  for (const name of METHODS) {
    const method: unknown = Reflect.get(prototype, name);
    if (typeof method !== 'function') continue;
    Reflect.set(prototype, name, function (this: Span, ...args: unknown[]): unknown {
      try {
        return method.apply(this, args);
      } catch (error) {
        diag.warn(`a span ignored a call of ${name} that failed:`, nameOf(error));
        return this;
      }
    });
  }
  return span;
}

/** The name only: the message may repeat the content. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'not an Error';
}
