import { type Attributes, type Origin, type Span, toJsonValue } from '../model.ts';
import { type Order, SORTED } from './adjust.ts';

export type Json = Record<string, unknown>;

/** OTLP JSON as Jaeger writes it: omits default values, always includes `resource`, `scope` and `status`. */
export function toResourceSpans(spans: Iterable<Span>, order: Order = SORTED): Json[] {
  const write = new Writer(order);
  return byOrigin(spans, write, (ofScope) => ({ spans: ofScope.map((span) => write.span(span)) }), 'scopeSpans');
}

/** Items below their resources and scopes, in OTLP JSON. `ofScope` gives the fields that hold the items of one scope. */
export function byOrigin<T extends { origin: Origin }>(
  items: Iterable<T>,
  write: Writer,
  ofScope: (items: T[]) => Json,
  list: 'scopeSpans' | 'scopeLogs',
): Json[] {
  const byResource = Map.groupBy(items, ({ origin }) => origin.resourceKey);
  return [...byResource.values()].map((ofResource) => {
    const byScope = Map.groupBy(ofResource, ({ origin }) => origin);
    const { resource } = (ofResource[0] as T).origin;
    return {
      resource: {
        ...write.attributes(resource.attributes),
        ...unlessZero('droppedAttributesCount', resource.droppedAttributes),
      },
      [list]: [...byScope].map(([origin, inScope]) => ({
        scope: write.scope(origin.scope),
        ...ofScope(inScope),
        ...unlessEmpty('schemaUrl', origin.scope.schemaUrl),
      })),
      ...unlessEmpty('schemaUrl', resource.schemaUrl),
    };
  });
}

export class Writer {
  private readonly order: Order;

  constructor(order: Order) {
    this.order = order;
  }

  scope(scope: Origin['scope']): Json {
    return {
      ...unlessEmpty('name', scope.name),
      ...unlessEmpty('version', scope.version),
      ...this.attributes(scope.attributes),
      ...unlessZero('droppedAttributesCount', scope.droppedAttributes),
    };
  }

  span(span: Span): Json {
    const events = this.order.events(span.events);
    return {
      traceId: span.traceId,
      spanId: span.spanId,
      ...unlessEmpty('traceState', span.traceState),
      ...unlessEmpty('parentSpanId', span.parentSpanId),
      ...unlessZero('flags', span.flags),
      ...unlessEmpty('name', span.name),
      ...unlessZero('kind', span.kind),
      ...nano('startTimeUnixNano', span.startNano),
      ...nano('endTimeUnixNano', span.endNano),
      ...this.attributes(span.attributes),
      ...unlessZero('droppedAttributesCount', span.droppedAttributes),
      ...(events.length === 0 ? {} : { events: events.map((event) => this.event(event)) }),
      ...unlessZero('droppedEventsCount', span.droppedEvents),
      ...(span.links.length === 0 ? {} : { links: span.links.map((link) => this.link(link)) }),
      ...unlessZero('droppedLinksCount', span.droppedLinks),
      status: { ...unlessEmpty('message', span.statusMessage), ...unlessZero('code', span.statusCode) },
    };
  }

  attributes(attributes: Attributes): Json {
    if (attributes.keys.length === 0) return {};
    const { keys, values } = this.order.attributes(attributes);
    return { attributes: keys.map((key, index) => ({ key, value: toJsonValue(values[index] ?? {}) })) };
  }

  private event(event: Span['events'][number]): Json {
    return {
      ...nano('timeUnixNano', event.timeNano),
      ...unlessEmpty('name', event.name),
      ...this.attributes(event.attributes),
      ...unlessZero('droppedAttributesCount', event.droppedAttributes),
    };
  }

  private link(link: Span['links'][number]): Json {
    return {
      traceId: link.traceId,
      spanId: link.spanId,
      ...unlessEmpty('traceState', link.traceState),
      ...this.attributes(link.attributes),
      ...unlessZero('droppedAttributesCount', link.droppedAttributes),
      ...unlessZero('flags', link.flags),
    };
  }
}

export const unlessEmpty = (name: string, text: string): Json => (text === '' ? {} : { [name]: text });
export const unlessZero = (name: string, number: number): Json => (number === 0 ? {} : { [name]: number });
export const nano = (name: string, time: bigint): Json => (time === 0n ? {} : { [name]: String(time) });
