import type { ServerResponse } from 'node:http';
import type { Context } from 'hono';

/**
 * Sets a response header, directly on Node's response if there is one: `c.header` creates a `Headers` object, which
 * costs more than writing the rest of the response.
 */
export function setHeader(c: Context, name: string, value: string): void {
  const { outgoing } = (c.env ?? {}) as { outgoing?: ServerResponse };
  if (outgoing) outgoing.setHeader(name, value);
  else c.header(name, value);
}
