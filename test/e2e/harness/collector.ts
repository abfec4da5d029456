import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MeasuredMetric } from '@hotel/registry';

/** Receives metrics over OTLP and keeps the latest export of each process; accepts logs too. */
export interface MetricCollector extends AsyncDisposable {
  /** For `OTEL_EXPORTER_OTLP_METRICS_ENDPOINT`, with the protocol `http/json`. */
  url: string;
  /** `service.name` of every sender. */
  services(): Set<string>;
  /** All metrics received, once per process. */
  metrics(): MeasuredMetric[];
  /** Exemplars of a histogram. */
  exemplars(service: string, metric: string): Array<{ traceId: string; spanId: string }>;
  /** Requests that a service has counted. */
  requests(service: string, method: string, route: string): number;
}

/** The part of an ExportMetricsServiceRequest read here. */
interface ExportRequest {
  resourceMetrics: Array<{
    resource: { attributes: KeyValue[] };
    scopeMetrics: Array<{ scope: { name: string; version?: string }; schemaUrl?: string; metrics: Metric[] }>;
  }>;
}
interface Metric {
  name: string;
  unit: string;
  histogram?: {
    dataPoints: Array<{
      count: number;
      attributes: KeyValue[];
      exemplars?: Array<{ traceId: string; spanId: string }>;
    }>;
  };
  sum?: { dataPoints: Array<{ attributes: KeyValue[] }> };
  gauge?: { dataPoints: Array<{ attributes: KeyValue[] }> };
}
type KeyValue = { key: string; value: { stringValue?: string } };

const read = (attributes: KeyValue[], wanted: string) =>
  attributes.find(({ key }) => key === wanted)?.value.stringValue ?? '';

const serviceOf = ({ resource }: ExportRequest['resourceMetrics'][number]) => read(resource.attributes, 'service.name');

function attributesOf({ histogram, sum, gauge }: Metric): string[] {
  const points = (histogram ?? sum ?? gauge)?.dataPoints ?? [];
  return [...new Set(points.flatMap(({ attributes }) => attributes.map(({ key }) => key)))];
}

export async function startCollector(): Promise<MetricCollector> {
  const latest = new Map<string, ExportRequest['resourceMetrics'][number]>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { resourceMetrics = [] } = JSON.parse(Buffer.concat(chunks).toString()) as Partial<ExportRequest>;
    for (const one of resourceMetrics) latest.set(read(one.resource.attributes, 'service.instance.id'), one);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/metrics`,
    services: () => new Set([...latest.values()].map(serviceOf)),
    metrics: () =>
      [...latest.values()].flatMap(({ scopeMetrics }) =>
        scopeMetrics.flatMap(({ scope, schemaUrl = '', metrics }) =>
          metrics.map((metric) => ({
            ...{ name: metric.name, unit: metric.unit, attributes: attributesOf(metric) },
            ...{ scope: scope.name, scopeVersion: scope.version ?? '', schemaUrl },
          })),
        ),
      ),
    exemplars: (service, metric) =>
      [...latest.values()]
        .filter((one) => serviceOf(one) === service)
        .flatMap(({ scopeMetrics }) => scopeMetrics)
        .flatMap(({ metrics }) => metrics.filter(({ name }) => name === metric))
        .flatMap(({ histogram }) => histogram?.dataPoints ?? [])
        .flatMap(({ exemplars = [] }) => exemplars),
    requests: (service, method, route) =>
      [...latest.values()]
        .filter((one) => serviceOf(one) === service)
        .flatMap(({ scopeMetrics }) => scopeMetrics)
        .flatMap(({ metrics }) => metrics.filter(({ name }) => name === 'http.server.request.duration'))
        .flatMap(({ histogram }) => histogram?.dataPoints ?? [])
        .filter(({ attributes }) => read(attributes, 'http.request.method') === method)
        .filter(({ attributes }) => read(attributes, 'http.route') === route)
        .reduce((sum, { count }) => sum + Number(count), 0),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
