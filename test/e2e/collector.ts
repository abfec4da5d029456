import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What takes metrics over OTLP and keeps what each service said last. */
export interface MetricCollector extends AsyncDisposable {
  /** For `OTEL_EXPORTER_OTLP_METRICS_ENDPOINT`, with the protocol `http/json`. */
  url: string;
  /** The `service.name` of all that have sent something. */
  services(): Set<string>;
  /** How many requests a service has counted. */
  requests(service: string, method: string, route: string): number;
}

/** The part of an ExportMetricsServiceRequest that is read here. */
interface ExportRequest {
  resourceMetrics: Array<{
    resource: { attributes: KeyValue[] };
    scopeMetrics: Array<{
      metrics: Array<{ name: string; histogram?: { dataPoints: Array<{ count: number; attributes: KeyValue[] }> } }>;
    }>;
  }>;
}
type KeyValue = { key: string; value: { stringValue?: string } };

const read = (attributes: KeyValue[], wanted: string) =>
  attributes.find(({ key }) => key === wanted)?.value.stringValue ?? '';

export async function startCollector(): Promise<MetricCollector> {
  const latest = new Map<string, ExportRequest['resourceMetrics'][number]>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { resourceMetrics } = JSON.parse(Buffer.concat(chunks).toString()) as ExportRequest;
    for (const one of resourceMetrics) latest.set(read(one.resource.attributes, 'service.name'), one);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/metrics`,
    services: () => new Set(latest.keys()),
    requests: (service, method, route) =>
      (latest.get(service)?.scopeMetrics ?? [])
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
