import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { csrf } from 'hono/csrf';
import { html } from 'hono/html';
import { HTTPException } from 'hono/http-exception';
import { type Ingest, MAX_FILE_BYTES } from '../../otlp/ingest.ts';
import { MalformedError } from '../../otlp/reader.ts';
import type { SpanStore } from '../../store/store.ts';
import { formatCount, shorten } from '../format.ts';
import { type Html, layout, messagePage } from '../layout.ts';

const MAX_LISTED = 500;

interface Imported {
  traces: Set<string>;
  spans: number;
  /** Problems, prefixed with the file name. */
  problems: string[];
}

/** Works without scripts, including drag and drop of files. */
export const importForm = (): Html =>
  html`<form class="import" method="post" action="/import" enctype="multipart/form-data"><label>OTLP JSON: “Raw JSON” of a trace page, a response of Jaeger's API v3, or the file of a collector<input type="file" name="file" accept=".json,.jsonl,.ndjson,application/json" multiple required></label><button>Import</button></form>`;

/** Imports traces from files, posted by the form or as a raw body. */
export function importPage(store: SpanStore, ingest: Ingest): Hono {
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
      const { traces, spans, problems } = read([['the body', await c.req.text()]]);
      return c.json({ traces: [...traces], spans, problems }, problems.length > 0 ? 400 : 200);
    }
    const { file } = await c.req.parseBody({ all: true });
    const files = [file].flat().filter((entry) => entry instanceof File);
    const contents = files.map(async (entry): Promise<[string, string]> => [entry.name, await entry.text()]);
    const imported = read(await Promise.all(contents));
    const [only, ...more] = imported.traces;
    if (only !== undefined && more.length === 0 && imported.problems.length === 0)
      return c.redirect(`/trace/${only}`, 303);
    return c.html(report(imported), imported.spans > 0 ? 200 : 400);
  });

  app.get('/', (c) => c.html(messagePage('Import traces', importForm(), store.stats())));

  function read(files: Array<[name: string, content: string]>): Imported {
    const imported: Imported = { traces: new Set(), spans: 0, problems: [] };
    for (const [name, content] of files) {
      try {
        const { traces, stored, message } = ingest.json(content);
        for (const trace of traces) imported.traces.add(trace);
        imported.spans += stored;
        if (message !== '') imported.problems.push(`${name}: ${message}`);
        else if (stored === 0) imported.problems.push(`${name}: ${whyNothing(content)}`);
      } catch (error) {
        if (!(error instanceof MalformedError)) throw error;
        imported.problems.push(`${name}: ${error.message}`);
      }
    }
    return imported;
  }

  function report({ traces, spans, problems }: Imported): Html {
    const ids = [...traces].slice(0, MAX_LISTED);
    const body = html`<h1>Import</h1>
${problems.map((problem) => html`<p class="problem" role="alert">${shorten(problem, 1000)}</p>`)}
<p>${formatCount(spans, 'span')} of ${formatCount(traces.size, 'trace')} stored.</p>
<ul>${ids.map((id) => html`<li><a href="/trace/${id}"><code>${id}</code></a></li>`)}</ul>
${traces.size > ids.length ? html`<p>${formatCount(traces.size - ids.length, 'more trace')}.</p>` : ''}${importForm()}`;
    return layout({ title: 'Import', body, stats: store.stats() });
  }

  return app;
}

/** Explains why a file contains no spans. */
const whyNothing = (content: string): string =>
  content.includes('"operationName"')
    ? "this is the JSON of Jaeger's older API. Download the trace from /api/v3/traces/ID instead"
    : 'there are no spans in it. OTLP JSON has them under resourceSpans, scopeSpans and spans';
