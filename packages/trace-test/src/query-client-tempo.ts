import { getJson } from './http-get.ts';
import { type OtlpTraces, readSpans } from './otlp.ts';
import type { QueryClient } from './query-client.ts';

const WORDS = { api: 'the HTTP API of Grafana Tempo (/api/v2)', setting: 'TEMPO_QUERY_URL' };
/** A search answers with summaries; each trace is one more request. */
const MOST_TRACES = 20;

/**
 * Reads from Grafana Tempo, so that tools and tests need not care which store it is
 * (https://grafana.com/docs/tempo/latest/api_docs/). A search gives 20 traces at most.
 * @param baseUrl where Tempo's HTTP API is, for instance `http://localhost:3200`.
 */
export function createTempoClient(baseUrl: string): QueryClient {
  const base = baseUrl.replace(/\/+$/, '');
  // Tempo says "no such trace" by a 404 without a body in JSON, or without any.
  const get = (path: string) =>
    getJson(`${base}${path}`, { ...WORDS, emptyOn404: true }, { accept: 'application/json' });

  const trace = async (traceId: string) => {
    const answer = (await get(`/api/v2/traces/${encodeURIComponent(traceId)}`)) as TraceAnswer | undefined;
    const { resourceSpans, batches } = answer?.trace ?? {};
    return readSpans({ resourceSpans: resourceSpans ?? batches ?? [] }, readId);
  };
  return {
    trace,
    async search({ service, operation, startMs, endMs, limit }) {
      const conditions = [
        `resource.service.name = ${JSON.stringify(service)}`,
        ...(operation === undefined ? [] : [`name = ${JSON.stringify(operation)}`]),
      ];
      const query = new URLSearchParams({
        q: `{ ${conditions.join(' && ')} }`,
        start: String(Math.floor(startMs / 1000)),
        end: String(Math.ceil(endMs / 1000)),
        limit: String(Math.min(limit, MOST_TRACES)),
      });
      const answer = (await get(`/api/search?${query}`)) as { traces?: Summary[] } | undefined;
      const newestFirst = (answer?.traces ?? []).toSorted((a, b) => Number(startOf(b) - startOf(a)));
      return Promise.all(newestFirst.map(({ traceID }) => trace(traceID.padStart(32, '0'))));
    },
    async services() {
      const answer = (await get('/api/v2/search/tag/resource.service.name/values')) as TagValues | undefined;
      return (answer?.tagValues ?? []).map(({ value }) => value);
    },
  };
}

interface TraceAnswer {
  /** `batches` is what older versions call it. */
  trace?: OtlpTraces & { batches?: OtlpTraces['resourceSpans'] };
}

interface Summary {
  traceID: string;
  startTimeUnixNano?: string;
}

interface TagValues {
  tagValues?: Array<{ value: string }>;
}

const startOf = ({ startTimeUnixNano = '0' }: Summary): bigint => BigInt(startTimeUnixNano);

/** Protobuf's own JSON writes bytes in base64; OTLP's writes ids in hex. By their length they cannot be mistaken for each other. */
function readId(id: string): string {
  return /^([0-9a-f]{16}|[0-9a-f]{32})$/i.test(id) ? id.toLowerCase() : Buffer.from(id, 'base64').toString('hex');
}
