import { metricsResponse } from '@hotel/telemetry';
import { listen } from './listen.ts';

/** Serves only `/metrics`, on its own port, so that scraping needs no access to the internal API. */
export function listenForMetrics(port: number, host: string | undefined): Promise<AsyncDisposable> {
  const fetch = async ({ method, url, headers }: Request): Promise<Response> => {
    const isAsked = new URL(url).pathname === '/metrics' && (method === 'GET' || method === 'HEAD');
    return (
      (isAsked && (await metricsResponse(headers.get('accept')))) ||
      new Response('only /metrics is here\n', { status: 404 })
    );
  };
  return listen({ app: { fetch }, port, portName: 'HOTEL_METRICS_PORT', host, edge: 'none', abrupt: true });
}
