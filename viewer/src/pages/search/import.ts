import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { csrf } from 'hono/csrf';
import { html } from 'hono/html';
import { HTTPException } from 'hono/http-exception';
import { MalformedError } from '../../otlp/decode/reader.ts';
import { type Imported, type Ingest, MAX_FILE_BYTES } from '../../otlp/ingest.ts';
import type { Stores } from '../../store/stores.ts';
import { formatCount, shorten } from '../format.ts';
import { type Html, layout, messagePage } from '../layout.ts';

const MAX_LISTED = 500;

/** Works without scripts, including drag and drop of files. */
export const importForm = (): Html =>
  html`<form class="import" method="post" action="/import" enctype="multipart/form-data"><label>OTLP JSON of traces, logs or metrics: an export of a trace page, a response of Jaeger's API v3, or the file of a collector<input type="file" name="file" accept=".json,.jsonl,.ndjson,application/json" multiple required></label><button>Import</button></form>`;

/** Imports traces, logs and metrics from files, posted by the form or as a raw body. */
export function importPage(stores: Stores, ingest: Ingest): Hono {
  const app = new Hono();
  // Otherwise pages of other origins could post a form here.
  app.use(csrf());
  app.onError((error, c) => {
    if (!(error instanceof HTTPException)) throw error;
    return c.text('this form was not sent by the import page: open /import, or POST application/json', error.status);
  });
  app.use(
    bodyLimit({
      maxSize: MAX_FILE_BYTES,
      onError: (c) => c.text(`more than ${MAX_FILE_BYTES} bytes: import less at once`, 413),
    }),
  );

  app.post('/', async (c) => {
    const type = c.req.header('content-type') ?? '';
    if (!type.startsWith('multipart/form-data')) {
      const imported = read([['the body', await c.req.text()]]);
      const failed = imported.problems.length > 0;
      return c.json({ ...imported, traces: [...imported.traces] }, failed ? 400 : 200);
    }
    const { file } = await c.req.parseBody({ all: true });
    const files = [file].flat().filter((entry) => entry instanceof File);
    const contents = files.map(async (entry): Promise<[string, string]> => [entry.name, await entry.text()]);
    const imported = read(await Promise.all(contents));
    const [only, ...more] = imported.traces;
    if (only !== undefined && more.length === 0 && imported.problems.length === 0)
      return c.redirect(`/trace/${only}`, 303);
    return c.html(report(imported), isEmpty(imported) ? 400 : 200);
  });

  app.get('/', (c) => c.html(messagePage('Import', importForm(), stores.stats())));

  function read(files: Array<[name: string, content: string]>): Imported {
    const traces = new Set<string>();
    const total = { spans: 0, logs: 0, points: 0 };
    // Prefixed with the file name.
    const problems: string[] = [];
    for (const [name, content] of files) {
      try {
        const imported = ingest.file(content);
        for (const trace of imported.traces) traces.add(trace);
        for (const key of ['spans', 'logs', 'points'] as const) total[key] += imported[key];
        problems.push(...imported.problems.map((problem) => `${name}: ${problem}`));
        if (imported.problems.length === 0 && isEmpty(imported)) problems.push(`${name}: ${whyNothing(content)}`);
      } catch (error) {
        if (!(error instanceof MalformedError)) throw error;
        problems.push(`${name}: ${error.message}`);
      }
    }
    return { ...total, traces, problems };
  }

  function report({ traces, spans, logs, points, problems }: Imported): Html {
    const ids = [...traces].slice(0, MAX_LISTED);
    const body = html`<h1>Import</h1>
${problems.map((problem) => html`<p class="problem" role="alert">${shorten(problem, 1000)}</p>`)}
<p>${formatCount(spans, 'span')} of ${formatCount(traces.size, 'trace')} stored${logs > 0 ? html`, <a href="/logs">${formatCount(logs, 'log line')}</a>` : ''}${points > 0 ? html`, <a href="/instruments">${formatCount(points, 'data point')}</a>` : ''}.</p>
<ul>${ids.map((id) => html`<li><a href="/trace/${id}"><code>${id}</code></a></li>`)}</ul>
${traces.size > ids.length ? html`<p>${formatCount(traces.size - ids.length, 'more trace')}.</p>` : ''}${importForm()}`;
    return layout({ title: 'Import', body, stats: stores.stats() });
  }

  return app;
}

const isEmpty = ({ spans, logs, points }: Imported): boolean => spans + logs + points === 0;

/** Explains why a file contains nothing. */
const whyNothing = (content: string): string =>
  content.includes('"operationName"')
    ? "this is the JSON of Jaeger's older API. Download the trace from /api/v3/traces/ID instead"
    : 'there are no spans, log records or metrics in it. OTLP JSON has them under resourceSpans, resourceLogs and resourceMetrics';
