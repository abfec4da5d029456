import { type OtlpTraces, readSpans } from './otlp.ts';
import type { Span } from './span.ts';

export interface TraceSearch {
  service: string;
  /** A span's name. */
  operation?: string;
  /** Milliseconds since 1970; a trace is in when it started between the two. */
  startMs: number;
  endMs: number;
  /** At most so many traces. */
  limit: number;
}

/** Reads from the query API (v3) of Jaeger v2 or of the viewer. Every method rejects with an error that names the URL. */
export interface QueryClient {
  /** Empty as long as nothing of the trace has been stored. */
  trace(traceId: string): Promise<Span[]>;
  /** Whole traces in which a span matches, in the order of the answer (newest first). */
  search(search: TraceSearch): Promise<Span[][]>;
  services(): Promise<string[]>;
}

const TIMEOUT_MS = 10_000;

/** @param baseUrl where the UI is, for instance `http://localhost:16686`. */
export function createQueryClient(baseUrl: string): QueryClient {
  const base = baseUrl.replace(/\/+$/, '');
  return {
    async trace(traceId) {
      return spansOf(await get(`${base}/api/v3/traces/${encodeURIComponent(traceId)}`));
    },
    async search({ service, operation, startMs, endMs, limit }) {
      const query = new URLSearchParams({
        'query.serviceName': service,
        ...(operation === undefined ? {} : { 'query.operationName': operation }),
        'query.startTimeMin': new Date(startMs).toISOString(),
        'query.startTimeMax': new Date(endMs).toISOString(),
        'query.searchDepth': String(limit),
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

/** The answer, or undefined for 404, which is how Jaeger says "nothing found". */
async function get(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((error: unknown) => {
    throw new Error(
      `Cannot reach the trace store at ${url} (${reasonOf(error)}). Is it running? JAEGER_QUERY_URL says where it is.`,
      { cause: error },
    );
  });
  const text = await response.text();
  const json = parse(text);
  if (json === undefined || (!response.ok && response.status !== 404)) {
    throw new Error(
      `${url} answered ${response.status}: ${text.slice(0, 300) || '(nothing)'}. Expected the query API (/api/v3) of Jaeger v2 or of the viewer: check JAEGER_QUERY_URL.`,
    );
  }
  return response.status === 404 ? undefined : json;
}

function spansOf(answer: unknown): Span[] {
  const { result } = (answer ?? {}) as { result?: OtlpTraces };
  // Some of Jaeger's stores drop leading zeros.
  return readSpans(result ?? {}, (id) => id.toLowerCase().padStart(id.length > 16 ? 32 : 16, '0'));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  return cause?.code ?? cause?.message ?? error.message;
}
