import { type OtlpTraces, readSpans } from '../otlp/otlp.ts';
import { getJson } from './http-get.ts';
import type { QueryClient } from './query-client.ts';

const WORDS = { api: 'the HTTP API of Grafana Tempo (/api/v2)', setting: 'TEMPO_QUERY_URL' };
/** A search answers with summaries; each trace is one more request. */
const MOST_TRACES = 20;

/**
 * Reads from Grafana Tempo, so that tools and tests work with either store
 * (https://grafana.com/docs/tempo/latest/api_docs/). A search returns at most 20 traces.
 * @param baseUrl the address of Tempo's HTTP API, for example `http://localhost:3200`.
 */
export function createTempoClient(baseUrl: string): QueryClient {
  const base = baseUrl.replace(/\/+$/, '');
  // Tempo answers "no such trace" with a 404 without a JSON body, or without any body.
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
  /** Older versions call it `batches`. */
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

/** Protobuf's JSON mapping writes bytes as base64, OTLP's writes ids as hex. Their lengths tell them apart. */
function readId(id: string): string {
  return /^([0-9a-f]{16}|[0-9a-f]{32})$/i.test(id) ? id.toLowerCase() : Buffer.from(id, 'base64').toString('hex');
}
