import type { Context } from 'hono';
import { parseTraceId } from '../../api/params.ts';
import type { Stores } from '../../store/stores.ts';
import type { Trace } from '../../store/trace.ts';
import { type Address, readAddress } from './address.ts';
import { alarmsOf } from './log-lines.ts';
import type { Source } from './timeline/timeline.ts';
import { shapeOf } from './view.ts';

/** The trace that the parameter `id` of the path names, if it is stored. */
export function traceOf(c: Context, stores: Stores): Trace | undefined {
  return stores.traces.get(parseTraceId(c.req.param('id') ?? '') ?? '');
}

/** The view in the query. Throws BadParameter. */
export function addressOf(c: Context): Address {
  return readAddress(new URL(c.req.url).searchParams);
}

export function sourceOf(stores: Stores, trace: Trace, address: Address): Source {
  return { stores, trace, shape: shapeOf(trace), address, alarms: alarmsOf(stores.logs.ofTrace(trace.id)) };
}

/** The response to a request about a trace that is not stored. */
export function gone(c: Context): Response {
  return c.text('this trace is no longer stored', 404);
}
