import type { Hono } from 'hono';
import { summarize } from '../../analysis/summary.ts';
import { RAW } from '../../api/adjust.ts';
import { toResourceSpans } from '../../api/otlp.ts';
import { toResourceLogs } from '../../api/otlp-logs.ts';
import { parseTraceId } from '../../api/params.ts';
import type { Stores } from '../../store/stores.ts';
import { exportHtml } from './export.ts';
import { addressOf, gone, sourceOf, traceOf } from './request.ts';

/** Adds the files that a trace can be downloaded as. */
export function traceFileRoutes(app: Hono, stores: Stores): void {
  // One request per line, as a collector's file exporter writes them.
  app.get('/:id/otlp.jsonl', (c) => {
    const id = parseTraceId(c.req.param('id')) ?? '';
    const [spans, logs] = [stores.traces.get(id)?.spans.values() ?? [], stores.logs.ofTrace(id)];
    const requests = [{ resourceSpans: toResourceSpans(spans, RAW) }, { resourceLogs: toResourceLogs(logs) }];
    const lines = requests.filter((request) => Object.values(request).flat().length > 0);
    if (lines.length === 0) return gone(c);
    c.header('content-disposition', `attachment; filename="trace-${id}.jsonl"`);
    const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    return c.body(body, 200, { 'content-type': 'application/x-ndjson' });
  });

  app.get('/:id/export.html', async (c) => {
    const trace = traceOf(c, stores);
    if (trace === undefined) return gone(c);
    const source = sourceOf(stores, trace, { ...addressOf(c), uiFind: '' });
    c.header('content-disposition', `attachment; filename="trace-${trace.id}.html"`);
    return c.html(await exportHtml(source, summarize(trace), new URL(c.req.url).origin));
  });
}
