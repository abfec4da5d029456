import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';

/**
 * The remote address of the connection. Headers are ignored: a caller can forge `X-Forwarded-For`. An IPv6 /64 is one
 * peer, since the owner of one of its addresses usually owns them all.
 */
export function peerOf(c: Context): string {
  const { incoming } = (c.env ?? {}) as { incoming?: IncomingMessage };
  return networkOf(incoming?.socket.remoteAddress ?? '');
}

/** `2001:db8::1` and `2001:db8::2` share a network; `192.0.2.1` and `::ffff:192.0.2.1` are the same address. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !address.includes(':')) return mapped ?? address;
  const [head = '', tail] = address.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : 8 - first.length - last.length;
  return [...first, ...Array<string>(zeros).fill('0'), ...last].slice(0, 4).join(':');
}
