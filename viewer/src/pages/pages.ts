import { Hono } from 'hono';
import { html } from 'hono/html';
import { summarize } from '../analysis/summary.ts';
import { parseTraceId } from '../api/params.ts';
import { durationNano, kindName, type Span } from '../model.ts';
import { findTraces } from '../store/search.ts';
import type { SpanStore } from '../store/store.ts';

type Html = ReturnType<typeof html>;

const page = (title: string, content: Html | Html[]): Html =>
  html`<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${content}</html>`;

const millis = (nano: bigint): string => `${(Number(nano) / 1e6).toFixed(2)} ms`;

export function pages(store: SpanStore): Hono {
  const app = new Hono();
  app.get('/', (c) => c.redirect('/search'));
  app.get('/search', (c) => {
    const rows = findTraces(store, { limit: 50 }).map((trace) => {
      const { rootService, rootOperation, spans, errors } = summarize(trace);
      return html`<li><a href="/trace/${trace.id}">${rootService} ${rootOperation}</a>
        ${spans} spans, ${errors} errors, ${millis(trace.endNano - trace.startNano)}</li>`;
    });
    return c.html(page('Traces', html`<ul>${rows}</ul>`));
  });
  app.get('/trace/:id', (c) => {
    const trace = store.get(parseTraceId(c.req.param('id')) ?? '');
    if (trace === undefined)
      return c.html(page('No such trace', html`<p>It may be older than the store is large.</p>`), 404);
    const spans = trace.sorted();
    const children = Map.groupBy(spans, (span) => span.parentSpanId);
    const shown = new Set<Span>();
    const tree = (span: Span): Html => {
      shown.add(span);
      const below = (children.get(span.spanId) ?? []).filter((child) => !shown.has(child)).map(tree);
      return html`<li>${kindName(span.kind).toUpperCase()} ${span.name} (${span.origin.service}) ${millis(durationNano(span))}
        <ul>${below}</ul></li>`;
    };
    const roots = spans.filter((span) => !trace.spans.has(span.parentSpanId));
    return c.html(page(`Trace ${trace.id}`, html`<ul>${roots.map(tree)}</ul>`));
  });
  return app;
}
