/**
 * Addresses of Jaeger's pages, which are the viewer's too. Jaeger 2.20 answers a search for a service with "400" unless it has a
 * `lookback`.
 * @param base where the pages are, for instance `http://localhost:16686`.
 */
export function tracePages(base: string) {
  return {
    trace: (traceId: string): string => `${base}/trace/${traceId}`,
    search: (service: string): string => `${base}/search?${new URLSearchParams({ service, lookback: '1h' })}`,
  };
}
