import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { idProblem, ZEROS } from '../otlp/decode/ids.ts';
import { requestsIn } from '../otlp/decode/json-documents.ts';
import { Pool } from '../otlp/decode/pool.ts';
import { MalformedError } from '../otlp/decode/reader.ts';
import { MAX_FILE_BYTES } from '../otlp/ingest.ts';
import { readTracesJson } from '../otlp/traces/json.ts';
import { RAW } from './adjust.ts';
import { envelope, problem } from './envelope.ts';
import { toJaegerTrace } from './jaeger.ts';
import { BadParameter } from './params.ts';

/** Converts OTLP JSON into Jaeger's without storing it. Jaeger's page posts uploaded files here. */
export function transformApi(): Hono {
  const api = new Hono();

  api.onError((error, c) => {
    if (error instanceof BadParameter || error instanceof MalformedError)
      return c.json(problem(400, error.message), 400);
    throw error;
  });

  const limit = bodyLimit({
    maxSize: MAX_FILE_BYTES,
    onError: (c) => c.json(problem(413, `the body is larger than ${MAX_FILE_BYTES} bytes`), 413),
  });

  api.post('/', limit, async (c) => {
    const spans = readTracesJson(requestsIn(await c.req.text()), new Pool());
    for (const span of spans) {
      const wrong = idProblem(span);
      if (wrong !== undefined) throw new BadParameter(wrong);
      if (ZEROS.test(span.parentSpanId)) span.parentSpanId = '';
    }
    const traces = Map.groupBy(spans, ({ traceId }) => traceId);
    return c.json(envelope({ data: [...traces].map(([id, ofTrace]) => toJaegerTrace(id, ofTrace, RAW)) }));
  });

  return api;
}
