import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CollectedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  /** 2: SERVER, 3: CLIENT, 4: PRODUCER */
  kind: number;
  status: { code?: number };
  attributes: Array<{ key: string; value: { stringValue?: string; intValue?: number } }>;
  events: Array<{ name: string; attributes: CollectedSpan['attributes'] }>;
}

export interface Collector extends AsyncDisposable {
  url: string;
  spans: CollectedSpan[];
  /** Everything received, as text. */
  text(): string;
}

/** Starts an OTLP/HTTP collector for JSON. */
export async function startCollector(): Promise<Collector> {
  const bodies: string[] = [];
  const spans: CollectedSpan[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    bodies.push(body);
    for (const { scopeSpans } of JSON.parse(body).resourceSpans ?? []) {
      for (const scope of scopeSpans) spans.push(...scope.spans);
    }
    response.setHeader('content-type', 'application/json').end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    text: () => bodies.join('\n'),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Attributes of a span or span event, by name. */
export function attributesOf({
  attributes,
}: Pick<CollectedSpan, 'attributes'>): Record<string, string | number | undefined> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]));
}
