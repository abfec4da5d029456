import { type OtlpTraces, readSpans } from '../otlp/otlp.ts';
import type { Span } from '../span.ts';
import { getJson } from './http-get.ts';

export interface TraceSearch {
  service: string;
  /** A span's name. */
  operation?: string;
  /** Milliseconds since 1970; the trace started between the two. */
  startMs: number;
  endMs: number;
  /** Maximum number of traces. */
  limit: number;
}

/** Reads from a trace store: Jaeger v2, the viewer, Grafana Tempo. Every method rejects with an error that names the URL. */
export interface QueryClient {
  /** Empty until a span of the trace has been stored. */
  trace(traceId: string): Promise<Span[]>;
  /** Whole traces in which a span matches, newest first. */
  search(search: TraceSearch): Promise<Span[][]>;
  services(): Promise<string[]>;
}

const WORDS = { api: 'the query API (/api/v3) of Jaeger v2 or of the viewer', setting: 'JAEGER_QUERY_URL' };

/**
 * The query API (v3) of Jaeger v2 or of the viewer. Always with `rawTraces`: otherwise Jaeger corrects the clocks of the spans that it
 * has at that moment, and its memory store keeps the corrections and their warnings, which are false for a trace that was still
 * arriving.
 * @param baseUrl the address of the UI, for example `http://localhost:16686`.
 */
export function createQueryClient(baseUrl: string): QueryClient {
  const base = baseUrl.replace(/\/+$/, '');
  return {
    async trace(traceId) {
      return spansOf(await get(`${base}/api/v3/traces/${encodeURIComponent(traceId)}?rawTraces=true`));
    },
    async search({ service, operation, startMs, endMs, limit }) {
      const query = new URLSearchParams({
        'query.serviceName': service,
        ...(operation === undefined ? {} : { 'query.operationName': operation }),
        'query.startTimeMin': new Date(startMs).toISOString(),
        'query.startTimeMax': new Date(endMs).toISOString(),
        'query.searchDepth': String(limit),
        'query.rawTraces': 'true',
      });
      const spans = spansOf(await get(`${base}/api/v3/traces?${query}`));
      return [...Map.groupBy(spans, ({ traceId }) => traceId).values()];
    },
    async services() {
      const answer = (await get(`${base}/api/v3/services`)) as { services?: string[] } | undefined;
      return answer?.services ?? [];
    },
  };
}

const get = (url: string) => getJson(url, WORDS);

function spansOf(answer: unknown): Span[] {
  const { result } = (answer ?? {}) as { result?: OtlpTraces };
  // Some of Jaeger's stores drop leading zeros.
  return readSpans(result ?? {}, (id) => id.toLowerCase().padStart(id.length > 16 ? 32 : 16, '0'));
}
