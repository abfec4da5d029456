import type { Context, Hono } from 'hono';
import { html } from 'hono/html';
import { parseTraceId } from '../../api/params.ts';
import type { Stores } from '../../store/stores.ts';
import type { Trace } from '../../store/trace.ts';
import { type Address, parseRow } from './address.ts';
import { addressOf, gone, sourceOf, traceOf } from './request.ts';
import { spanDetail } from './span/detail.ts';
import { blocks, rulerOf } from './timeline/timeline.ts';
import { hitsOf, rowsOf, shapeOf } from './view.ts';

/** Adds the parts that an open trace page fetches. */
export function tracePartRoutes(app: Hono, stores: Stores): void {
  app.get('/:id/rows', (c) =>
    part(c, (trace, address) => {
      const count = Math.min(parseRow(c.req.query('count') ?? '') ?? 0, 1000);
      return c.html(html`${blocks(sourceOf(stores, trace, address), address.from, count)}`);
    }),
  );

  app.get('/:id/find', (c) =>
    part(c, (trace, address) =>
      c.json({ rows: hitsOf(trace, rowsOf(shapeOf(trace), address.services), address.uiFind) }),
    ),
  );

  app.get('/:id/ruler', (c) => {
    const trace = traceOf(c, stores);
    return trace === undefined ? gone(c) : c.html(rulerOf(trace, addressOf(c)));
  });

  app.get('/:id/spans/:span', (c) => {
    const trace = traceOf(c, stores);
    const node = trace && shapeOf(trace).tree.byKey.get(c.req.param('span'));
    if (trace === undefined || node === undefined) return c.text('this span is no longer stored', 404);
    return c.html(spanDetail(stores, trace, node, addressOf(c)));
  });

  // Polled to detect new spans and log lines.
  app.get('/:id/state', (c) => {
    const logs = stores.logs.countOf(parseTraceId(c.req.param('id')) ?? '');
    return c.json({ spans: traceOf(c, stores)?.spans.size ?? 0, logs });
  });

  /** Row positions are valid only for the state of the trace in `version`; any other gets 409. */
  function part(
    c: Context,
    answer: (trace: Trace, address: Address) => Response | Promise<Response>,
  ): Response | Promise<Response> {
    const trace = traceOf(c, stores);
    if (trace === undefined) return gone(c);
    if (String(trace.version) !== c.req.query('version')) return c.text('the trace has changed: load it again', 409);
    return answer(trace, addressOf(c));
  }
}
