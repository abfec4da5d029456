/**
 * URLs of Jaeger's pages, which the viewer shares. Jaeger 2.20 returns 400 for a search by service without a
 * `lookback`.
 * @param base URL of the trace UI, such as `http://localhost:16686`.
 */
export function tracePages(base: string) {
  return {
    trace: (traceId: string): string => `${base}/trace/${traceId}`,
    search: (service: string): string => `${base}/search?${new URLSearchParams({ service, lookback: '1h' })}`,
  };
}
