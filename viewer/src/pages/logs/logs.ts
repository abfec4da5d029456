import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { DEFAULT_LIMIT, parseLogsQuery } from '../../api/logs-query.ts';
import { BadParameter } from '../../api/params.ts';
import type { Ports } from '../../config.ts';
import type { StoredLog } from '../../model-logs.ts';
import { findLogs } from '../../store/logs/log-search.ts';
import type { Stores } from '../../store/stores.ts';
import { formatCount, formatTime } from '../format.ts';
import { type Html, layout } from '../layout.ts';
import { type Fields, logsForm, queryOf, readFields } from './form.ts';
import { addressOf, line } from './lines.ts';
import { streamLines } from './stream.ts';

export interface LogsDeps {
  stores: Stores;
  ports: () => Ports;
  now: () => Date;
  stopping: AbortSignal;
}

/** Log records of all services, newest first. */
export function logsPage({ stores, ports, now, stopping }: LogsDeps): Hono {
  const app = new Hono();
  const paramsOf = (c: Context): URLSearchParams => new URL(c.req.url).searchParams;
  const lineOf = (record: StoredLog): Html =>
    line(record, {
      anchor: true,
      time: (nanos) => timeOf(nanos, now()),
      place(record) {
        const href = addressOf(record);
        return href === undefined
          ? ''
          : html`<a href="${href}" title="Open its trace">trace <code>${record.traceId.slice(0, 7)}</code></a>`;
      },
    });

  app.get('/', (c) => {
    const fields = readFields(paramsOf(c));
    let content: Html;
    let status: 200 | 400 = 200;
    try {
      content = lines(paramsOf(c), fields, new URL(c.req.url).hostname);
    } catch (error) {
      if (!(error instanceof BadParameter)) throw error;
      content = html`<p class="problem" role="alert">${error.message}</p>`;
      status = 400;
    }
    const body = html`<h1 class="hidden">Logs</h1>${logsForm(stores.logs, fields)}${content}`;
    const page = { title: 'Logs', at: '/logs', styles: ['logs'], script: 'logs', body, stats: stores.stats() } as const;
    return c.html(layout(page), status);
  });

  app.get('/stream', (c) => {
    try {
      const query = parseLogsQuery(paramsOf(c));
      return streamLines(c, stores.logs, query, stopping, lineOf);
    } catch (error) {
      if (!(error instanceof BadParameter)) throw error;
      return c.text(error.message, 400);
    }
  });

  function lines(params: URLSearchParams, fields: Fields, hostname: string): Html {
    const query = parseLogsQuery(params);
    const found = findLogs(stores.logs, query).reverse();
    const full = found.length === (query.limit ?? DEFAULT_LIMIT);
    const oldest = Math.min(...found.map(({ sequence }) => sequence));
    const older = html`<a href="/logs?${queryOf(fields, { before: String(oldest) })}">Older</a>`;
    const back = query.before === undefined ? '' : html` <a href="/logs?${queryOf(fields, {})}">Back to the newest</a>`;
    if (stores.logs.stats().logs === 0) return nothingYet(ports(), hostname, queryOf(fields, { after: '0' }));
    const following = query.before === undefined;
    return html`<p class="found"><span id="count">${
      found.length === 0
        ? 'No log line matches. Remove a condition to see more.'
        : html`${formatCount(found.length, 'log line')}${full ? ', the newest' : ''}`
    }</span>${full ? html` ${older}` : ''}${back}</p>
<ol class="lines" id="lines"${following ? html` data-stream="/logs/stream?${queryOf(fields, { after: String(stores.logs.last) })}"` : ''}>${found.map(lineOf)}</ol>`;
  }

  return app;
}

/** Without the day for a line of today. */
function timeOf(nanos: bigint, now: Date): [text: string, title: string] {
  const full = formatTime(nanos);
  const today = formatTime(BigInt(now.getTime()) * 1_000_000n).slice(0, 10);
  return [full.startsWith(today) ? full.slice(11) : full, full];
}

const nothingYet = (ports: Ports, hostname: string, query: URLSearchParams): Html =>
  html`<section class="message"><h2>No log lines yet</h2>
<p>This page shows them as soon as they arrive. Let a service send its logs here:</p>
<table class="plain">
<tr><th scope="row">which</th><td><code>OTEL_LOGS_EXPORTER=otlp</code></td></tr>
<tr><th scope="row">over gRPC</th><td><code>OTEL_EXPORTER_OTLP_ENDPOINT=http://${hostname}:${ports.otlpGrpc}</code></td></tr>
<tr><th scope="row">over HTTP</th><td><code>OTEL_EXPORTER_OTLP_ENDPOINT=http://${hostname}:${ports.otlpHttp}</code></td></tr>
</table></section><ol class="lines" id="lines" data-stream="/logs/stream?${query}"></ol>`;
