import type { ServerResponse } from 'node:http';
import type { Context } from 'hono';

/**
 * Sets a response header, on Node's own response where there is one: `c.header` would create a `Headers` object, which costs more than
 * the rest of writing the response.
 */
export function setHeader(c: Context, name: string, value: string): void {
  const { outgoing } = (c.env ?? {}) as { outgoing?: ServerResponse };
  if (outgoing) outgoing.setHeader(name, value);
  else c.header(name, value);
}
