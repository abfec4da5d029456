import type { ServerResponse } from 'node:http';
import type { Context } from 'hono';

/**
 * Sets a header of the answer: on Node's own response, where there is one. `c.header` would make a `Headers` object of the web, which
 * costs more than the rest of an answer's way out.
 */
export function setHeader(c: Context, name: string, value: string): void {
  const { outgoing } = (c.env ?? {}) as { outgoing?: ServerResponse };
  if (outgoing) outgoing.setHeader(name, value);
  else c.header(name, value);
}
