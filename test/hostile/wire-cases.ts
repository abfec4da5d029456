/** A GET with `Connection: close`. */
export const get = (target: string, ...lines: string[]) =>
  [`GET ${target} HTTP/1.1`, 'host: a', 'connection: close', ...lines, '', ''].join('\r\n');
function post(body: string | Buffer, ...lines: string[]) {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const own = lines.some((line) => /^(content-length|transfer-encoding):/.test(line));
  const head = [
    'POST /api/v1/rooms HTTP/1.1',
    'host: a',
    'connection: close',
    'content-type: application/json',
    ...lines,
  ];
  return Buffer.concat([
    Buffer.from([...head, ...(own ? [] : [`content-length: ${bytes.length}`]), '', ''].join('\r\n'), 'latin1'),
    bytes,
  ]);
}
const chunked = 'transfer-encoding: chunked';
const room = (number: string) => `{"number": "${number}", "name": "x"}`;
const inChunks = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;

/** Description, expected status (0: no response), and the bytes to send. */
export const cases: Array<[string, number, string | Buffer]> = [
  ['`..` in a path', 404, get('/api/v1/../v1/../../etc/passwd')],
  ['`..` that resolves to an internal route', 404, get('/api/v1/../../internal/v1/rooms/1/state')],
  ['an internal route', 404, get('/internal/v1/bookings/1/cleaning')],
  ['`%2e%2e` in a path', 404, get('/api/v1/%2e%2e/%2e%2e/etc/passwd')],
  ['`%2f` in an id', 404, get('/api/v1/rooms/1%2f..%2f2')],
  ['two slashes', 404, get('//api//v1//rooms')],
  ['a path that looks like a host', 404, get('//evil.example/bookings/%2e%2e')],
  ['an absolute URL as the request target', 200, get('http://evil.example/api/v1/rooms/1')],
  ['an invalid URL as the request target', 400, get('http://[::1/')],
  ['a URL of another scheme as the request target', 400, get('ftp://a/nothing')],
  ['NUL in a path', 404, get('/api/v1/rooms/1%00')],
  ['overlong UTF-8 in a path', 404, get('/api/v1/%c0%ae%c0%ae/rooms')],
  ['a lone percent sign', 404, get('/api/v1/rooms/%')],
  ['a backslash', 400, get('/api\\v1\\rooms')],
  ['raw bytes in a path', 400, get('/api/v1/rooms/\xff\xfe')],
  ['a raw NUL in a path', 400, get('/api/v1/rooms/\0')],
  ['a fragment', 200, get('/api/v1/rooms/1#x')],
  ['an asterisk', 400, 'OPTIONS * HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'],
  ['a path of 8,000 characters', 404, get(`/${'x'.repeat(8_000)}`)],
  ['a query of 8,000 characters', 422, get(`/api/v1/rooms?${'x'.repeat(8_000)}`)],
  ['1,000 fields in a query', 422, get(`/api/v1/rooms?${Array.from({ length: 1_000 }, (_, i) => `a${i}=`).join('&')}`)],
  ['a head of 20,000 bytes', 431, get('/api/v1/rooms', `x: ${'x'.repeat(20_000)}`)],
  ['5,000 headers', 431, get('/api/v1/rooms', ...Array.from({ length: 5_000 }, (_, i) => `x${i}: y`))],
  ['500 short headers', 200, get('/api/v1/rooms/1', ...Array<string>(500).fill('x: y'))],
  ['two Host headers', 400, get('/api/v1/rooms', 'host: b')],
  ['a folded header', 400, get('/api/v1/rooms', 'x: a', ' b')],
  ['a space before a colon', 400, get('/api/v1/rooms', 'content-length : 0')],
  ['a bare LF', 400, 'GET /api/v1/rooms HTTP/1.1\nhost: a\nconnection: close\n\n'],
  ['a header without a name', 400, get('/api/v1/rooms', ': x')],
  ['a NUL in a header', 400, get('/api/v1/rooms', 'x: a\0b')],
  [
    'two Content-Type headers',
    415,
    post(room('a'), 'content-type: text/plain')
      .toString('latin1')
      .replace('content-type: application/json\r\n', 'content-type: text/html\r\n'),
  ],
  [
    'two Idempotency-Key headers',
    422,
    post('{"room_id": 1}', 'idempotency-key: a', 'idempotency-key: b').toString('latin1').replace('rooms', 'bookings'),
  ],
  ['two Content-Length headers that differ', 400, post(room('b'), 'content-length: 5', 'content-length: 6')],
  ['two Content-Length headers that agree', 400, post(room('b'), 'content-length: 5', 'content-length: 5')],
  ['both a Content-Length and chunks', 400, post(inChunks(room('c')), 'content-length: 5', chunked)],
  ['a negative Content-Length', 400, post(room('d'), 'content-length: -1')],
  ['a Content-Length that is not a decimal number', 400, post(room('d'), 'content-length: 0x10')],
  ['a Content-Length of 40 digits', 400, post(room('d'), `content-length: ${'9'.repeat(40)}`)],
  ['a Content-Length above the limit', 413, post('{}', 'content-length: 99999999')],
  ['a Content-Length shorter than the body', 400, post(room('e'), 'content-length: 5')],
  ['chunks', 201, post(inChunks(room('f')), chunked)],
  ['a chunk without a size', 400, post('x\r\n{}\r\n0\r\n\r\n', chunked)],
  ['a chunk longer than its size', 400, post('2\r\n{}{}\r\n0\r\n\r\n', chunked)],
  ['a chunk size of 17 hex digits', 400, post(`${'f'.repeat(17)}\r\n{}`, chunked)],
  ['a chunk extension of 20,000 bytes', 413, post(`2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`, chunked)],
  ['trailers', 201, post(`${inChunks(room('g')).slice(0, -2)}x: y\r\n\r\n`, chunked)],
  ['another transfer coding before chunked', 400, post(inChunks(room('h')), 'transfer-encoding: gzip')],
  ['chunked before another transfer coding', 400, post(inChunks(room('h')), 'transfer-encoding: chunked, gzip')],
  ['70,000 bytes in chunks', 413, post(inChunks(' '.repeat(70_000)), chunked)],
  ['duplicate keys in JSON, of which the last counts', 201, post('{"number": "no", "name": "x", "number": "i"}')],
  ['10,000 nested arrays', 422, post(`{"number": ${'['.repeat(10_000)}${']'.repeat(10_000)}, "name": "x"}`)],
  ['10,000 nested objects', 422, post(`{"number": ${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}, "name": "x"}`)],
  ['60,000 unclosed arrays', 400, post('['.repeat(60_000))],
  ['a number of 60,000 digits', 422, post(`{"number": ${'9'.repeat(60_000)}, "name": "x"}`)],
  ['30,000 fields', 422, post(`{${Array.from({ length: 5_000 }, (_, i) => `"${i}":0`).join()}}`)],
  ['a `__proto__` field', 422, post('{"__proto__": {"number": "k", "name": "x"}}')],
  ['a `constructor` field', 422, post('{"constructor": {"prototype": {"owned": 1}}, "number": "k", "name": "x"}')],
  ['a lone surrogate', 422, post('{"number": "k", "name": "\\ud800"}')],
  ['surrogates in reverse order', 422, post('{"number": "k", "name": "x\\udc00\\ud800"}')],
  ['a replacement character', 422, post('{"number": "k", "name": "J\ufffdrgen"}')],
  ['an escaped replacement character', 422, post('{"number": "k", "name": "J\\ufffdrgen"}')],
  ['Latin-1', 400, post(Buffer.from(room('k').replace('"x"', '"J\xfcrgen"'), 'latin1'))],
  ['overlong UTF-8', 400, post(Buffer.from(room('k').replace('"x"', '"\xc0\xaf"'), 'latin1'))],
  ['a surrogate encoded in UTF-8', 400, post(Buffer.from(room('k').replace('"x"', '"\xed\xa0\x80"'), 'latin1'))],
  ['truncated UTF-8', 400, post(Buffer.from(room('k').replace('"x"', '"\xe2\x82"'), 'latin1'))],
  ['Latin-1 in chunks', 400, post(Buffer.from(inChunks(room('k').replace('"x"', '"\xfc"')), 'latin1'), chunked)],
  [
    'another charset',
    415,
    get('/api/v1/rooms')
      .replace('GET', 'POST')
      .replace('\r\n\r\n', '\r\ncontent-type: application/json; charset=iso-8859-1\r\ncontent-length: 2\r\n\r\n{}'),
  ],
  ['NUL in a name', 422, post('{"number": "k", "name": "a\\u0000b"}')],
  [
    'a day that does not exist',
    422,
    post('{"room_id": 1, "start": "2027-02-29", "end": "2027-03-02"}').toString('latin1').replace('rooms', 'bookings'),
  ],
  ['a CONNECT request', 0, 'CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example\r\n\r\n'],
  ['an upgrade request', 200, get('/api/v1/rooms/1', 'upgrade: websocket', 'connection: upgrade')],
  ['HTTP/1.0', 200, 'GET /api/v1/rooms/1 HTTP/1.0\r\nhost: a\r\n\r\n'],
  ['HTTP/1.0 without a host', 200, 'GET /api/v1/rooms/1 HTTP/1.0\r\n\r\n'],
  ['HTTP/1.1 without a host', 400, 'GET /api/v1/rooms/1 HTTP/1.1\r\nconnection: close\r\n\r\n'],
  ['TLS', 400, Buffer.from('16030100c8010000c40303', 'hex')],
];
