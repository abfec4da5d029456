import { type Attributes, type Origin, type Span, toJsonValue } from '../model.ts';

type Json = Record<string, unknown>;

/** OTLP JSON as Jaeger writes it: defaults left out, `resource`, `scope` and `status` always there. */
export function toResourceSpans(spans: Iterable<Span>): Json[] {
  const byResource = Map.groupBy(spans, (span) => span.origin.resourceKey);
  return [...byResource.values()].map((ofResource) => {
    const byScope = Map.groupBy(ofResource, (span) => span.origin);
    const { resource } = (ofResource[0] as Span).origin;
    return {
      resource: {
        ...toAttributes(resource.attributes),
        ...unlessZero('droppedAttributesCount', resource.droppedAttributes),
      },
      scopeSpans: [...byScope].map(([origin, ofScope]) => ({
        scope: toScope(origin.scope),
        spans: ofScope.map(toSpan),
        ...unlessEmpty('schemaUrl', origin.scope.schemaUrl),
      })),
      ...unlessEmpty('schemaUrl', resource.schemaUrl),
    };
  });
}

const toScope = (scope: Origin['scope']): Json => ({
  ...unlessEmpty('name', scope.name),
  ...unlessEmpty('version', scope.version),
  ...toAttributes(scope.attributes),
  ...unlessZero('droppedAttributesCount', scope.droppedAttributes),
});

const toSpan = (span: Span): Json => ({
  traceId: span.traceId,
  spanId: span.spanId,
  ...unlessEmpty('traceState', span.traceState),
  ...unlessEmpty('parentSpanId', span.parentSpanId),
  ...unlessZero('flags', span.flags),
  ...unlessEmpty('name', span.name),
  ...unlessZero('kind', span.kind),
  ...nano('startTimeUnixNano', span.startNano),
  ...nano('endTimeUnixNano', span.endNano),
  ...toAttributes(span.attributes),
  ...unlessZero('droppedAttributesCount', span.droppedAttributes),
  ...(span.events.length === 0 ? {} : { events: span.events.map(toEvent) }),
  ...unlessZero('droppedEventsCount', span.droppedEvents),
  ...(span.links.length === 0 ? {} : { links: span.links.map(toLink) }),
  ...unlessZero('droppedLinksCount', span.droppedLinks),
  status: { ...unlessEmpty('message', span.statusMessage), ...unlessZero('code', span.statusCode) },
});

const toEvent = (event: Span['events'][number]): Json => ({
  ...nano('timeUnixNano', event.timeNano),
  ...unlessEmpty('name', event.name),
  ...toAttributes(event.attributes),
  ...unlessZero('droppedAttributesCount', event.droppedAttributes),
});

const toLink = (link: Span['links'][number]): Json => ({
  traceId: link.traceId,
  spanId: link.spanId,
  ...unlessEmpty('traceState', link.traceState),
  ...toAttributes(link.attributes),
  ...unlessZero('droppedAttributesCount', link.droppedAttributes),
  ...unlessZero('flags', link.flags),
});

const toAttributes = ({ keys, values }: Attributes): Json =>
  keys.length === 0 ? {} : { attributes: keys.map((key, index) => ({ key, value: toJsonValue(values[index] ?? {}) })) };

const unlessEmpty = (name: string, text: string): Json => (text === '' ? {} : { [name]: text });
const unlessZero = (name: string, number: number): Json => (number === 0 ? {} : { [name]: number });
const nano = (name: string, time: bigint): Json => (time === 0n ? {} : { [name]: String(time) });
