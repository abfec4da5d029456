import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

/** Responses to parser errors; any other error means that the input is not HTTP. */
const STATUS: Record<string, { status: number; detail: string }> = {
  HPE_HEADER_OVERFLOW: { status: 431, detail: 'the head of a request may have 16384 bytes at most' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, detail: 'the chunk extensions are too long' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: 'the request did not arrive in time' },
};
const NOT_HTTP = { status: 400, detail: 'this is not a valid HTTP request' };
/** How long a client has to read the response. */
const LINGER_MS = 1_000;

/**
 * Answers unparsable input with a problem response and closes the connection, because the start of the next request
 * is unknown.
 */
export function refuseUnreadable(
  error: NodeJS.ErrnoException,
  socket: Socket & { _httpMessage?: ServerResponse },
): void {
  // https://nodejs.org/api/http.html#event-clienterror: part of a response may already be sent.
  if (!socket.writable || error.code === 'ECONNRESET' || socket._httpMessage?.headersSent) {
    socket.destroy();
    return;
  }
  const { status, body, headers } = problemOf(STATUS[error.code ?? ''] ?? NOT_HTTP);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, 'connection: close', '', body].join('\r\n'));
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

/** For requests that Node accepts but a web `Request` does not, such as a `Host` with a space. */
export function refuseImpossible(): Response {
  const { status, body, headers } = problemOf(NOT_HTTP);
  return new Response(body, { status, headers });
}

function problemOf({ status, detail }: typeof NOT_HTTP) {
  const body = JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, detail });
  const headers = {
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  };
  return { status, body, headers };
}
