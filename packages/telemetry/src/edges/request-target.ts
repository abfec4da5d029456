import type { IncomingMessage } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';

const MAX_HOST_LENGTH = 255;
/** Like URL parsers, takes one slash or a backslash for `//`: what follows may still be credentials. */
const ABSOLUTE_FORM = /^[a-z][a-z0-9+.-]*:(?:[\\/]{2}|[\\/])([^\\/?#]*)/i;
const AUTHORITY = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{0,5}))?$/i;

/**
 * The path of a request, without query string and fragment, which may hold guest data, and without the scheme and
 * authority of an absolute-form target, which may hold credentials.
 * https://www.rfc-editor.org/rfc/rfc9112#name-request-target
 */
export function pathOf({ url = '/' }: Pick<IncomingMessage, 'url'>): string {
  const target = url.replace(ABSOLUTE_FORM, '');
  const path = target.slice(0, endOf(target));
  // An authority-form target (`host:443`) has no path.
  return path.startsWith('/') || path === '*' ? path : path.slice(indexOr(path, '/', path.length)) || '/';
}

/** The server that a request names. */
export interface NamedServer {
  address?: string;
  port?: number;
}

/** Reads `serverOf` requests to one listener, whose callers nearly all send the same `Host`. */
export function createServerReader(): typeof serverOf {
  let host: string | undefined;
  let server: NamedServer = {};
  return (request) => {
    // Only an origin-form target leaves the server to `Host`.
    if (!request.url?.startsWith('/')) return serverOf(request);
    if (request.headers.host !== host) {
      server = serverOf(request);
      host = request.headers.host;
    }
    return server;
  };
}

/** Empty if the server is not valid: a caller can send anything. */
export function serverOf(request: Pick<IncomingMessage, 'url' | 'headers'>): NamedServer {
  const authority = ABSOLUTE_FORM.exec(request.url ?? '')?.[1];
  // Credentials end at the last `@`; a `Host` header must not have any.
  const host = authority === undefined ? (request.headers.host ?? '') : authority.slice(authority.lastIndexOf('@') + 1);
  const [, ipv6, name, digits] = AUTHORITY.exec(host.slice(0, MAX_HOST_LENGTH + 1)) ?? [];
  const address = ipv6 === undefined ? name : ipv6;
  if (address === undefined || address.length > MAX_HOST_LENGTH) return {};
  if (ipv6 === undefined ? !isHostName(address) : !isIPv6(ipv6)) return {};
  const port = Number(digits || 0);
  return port >= 1 && port <= 65_535 ? { address, port } : { address };
}

/** A name or an IPv4 address: no empty label, and four valid numbers where there are only digits and dots. */
function isHostName(name: string): boolean {
  if (/^[\d.]+$/.test(name)) return isIPv4(name);
  return /[a-z0-9]/i.test(name) && !/^\.|\.\./.test(name);
}

/** The host of a URL, without the brackets of an IPv6 address. */
export function addressOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

function endOf(target: string): number {
  return Math.min(indexOr(target, '?', target.length), indexOr(target, '#', target.length));
}

function indexOr(text: string, character: string, otherwise: number): number {
  const index = text.indexOf(character);
  return index === -1 ? otherwise : index;
}
