import protobuf from 'protobufjs/light.js';

const repeated = (type: string, id: number) => ({ rule: 'repeated', type, id });

/** The part of opentelemetry-proto v1 that leads to exemplars. Readers skip unknown fields. */
const root = protobuf.Root.fromJSON({
  nested: {
    Request: { fields: { resourceMetrics: repeated('ResourceMetrics', 1) } },
    ResourceMetrics: { fields: { scopeMetrics: repeated('ScopeMetrics', 2) } },
    ScopeMetrics: { fields: { metrics: repeated('Metric', 2) } },
    Metric: { fields: { name: { type: 'string', id: 1 }, histogram: { type: 'Histogram', id: 9 } } },
    Histogram: { fields: { dataPoints: repeated('Point', 1), aggregationTemporality: { type: 'int32', id: 2 } } },
    Point: {
      fields: {
        timeUnixNano: { type: 'fixed64', id: 3 },
        count: { type: 'fixed64', id: 4 },
        bucketCounts: repeated('fixed64', 6),
        exemplars: repeated('Exemplar', 8),
        max: { type: 'double', id: 12 },
      },
    },
    Exemplar: {
      fields: {
        timeUnixNano: { type: 'fixed64', id: 2 },
        asDouble: { type: 'double', id: 3 },
        spanId: { type: 'bytes', id: 4 },
        traceId: { type: 'bytes', id: 5 },
      },
    },
  },
});

export interface DecodedExemplar {
  asDouble: number;
  timeUnixNano: string;
  traceId?: string;
  spanId?: string;
}
export interface DecodedMetric {
  name: string;
  histogram?: { dataPoints: Array<{ count: string; bucketCounts: string[]; exemplars?: DecodedExemplar[] }> };
}

/** The metrics of a protobuf request, with ids in hexadecimal and integers as text, as in OTLP JSON. */
export function decodeMetrics(bytes: Uint8Array): DecodedMetric[] {
  const type = root.lookupType('Request');
  const request = type.toObject(type.decode(bytes), { longs: String, bytes: Array });
  const text = JSON.stringify(request, (key, value) =>
    /^(trace|span)Id$/.test(key) ? Buffer.from(value as number[]).toString('hex') : value,
  );
  const { resourceMetrics } = JSON.parse(text) as {
    resourceMetrics: Array<{ scopeMetrics: Array<{ metrics: DecodedMetric[] }> }>;
  };
  return resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
}
