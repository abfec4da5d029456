import {
  type Context,
  createContextKey,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from '@opentelemetry/api';

const RECEIVED = createContextKey('hotel: propagation fields passed through untouched');

/**
 * For a process without an SDK: forwards the caller's fields byte for byte, so that an untraced service in the middle does
 * not break the trace.
 */
export class PassThrough implements TextMapPropagator {
  private readonly names: readonly string[];

  constructor(names: readonly string[]) {
    this.names = names;
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const received: Record<string, string> = {};
    for (const name of this.names) {
      const value = getter.get(carrier, name);
      const text = Array.isArray(value) ? value.join(',') : value;
      if (text) received[name] = text;
    }
    return context.setValue(RECEIVED, received);
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const received = (context.getValue(RECEIVED) ?? {}) as Record<string, string>;
    for (const name of this.names) {
      const value = received[name];
      if (value) setter.set(carrier, name, value);
    }
  }

  fields(): string[] {
    return [...this.names];
  }
}
