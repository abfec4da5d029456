import type { Random } from '../../faults/load/random.ts';
import type { Api, Operation } from './document.ts';
import { resolve, type Schema, type Schemas } from './schema.ts';
import { hostileJson, hostileText, plausibleDay } from './values.ts';

/** One request as sent over the wire. */
export interface Shot {
  method: string;
  target: string;
  /** Alternating names and values; names may repeat. */
  headers: string[];
  body: Buffer | undefined;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'SEARCH', 'LOCK'];
const MEDIA_TYPES = [
  ...[
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    '',
    '*/*',
  ],
  ...[
    'application/json; charset=utf-16',
    'application/json;',
    'application/jsonp',
    'application/problem+json',
    'APPLICATION/JSON',
  ],
];
const HEADERS: Array<[string, string[]]> = [
  ['content-encoding', ['gzip', 'br', 'identity', 'chunked, gzip', 'x'.repeat(500)]],
  ['accept', ['text/html', 'application/xml;q=0', '*/*;q=nonsense', '']],
  ['x-http-method-override', ['DELETE', 'PUT']],
  ['x-forwarded-for', ['127.0.0.1', "'; DROP TABLE rooms;--"]],
  ['x-forwarded-host', ['evil.example']],
  ['x-original-url', ['/internal/v1/rooms/1/state']],
  ['range', ['bytes=0-1', 'bytes=-1', 'bytes=9999999999999999999-']],
  ['if-none-match', ['*', '"x"']],
  ['expect', ['200-ok', 'a miracle']],
  ['authorization', ['Bearer x', 'Basic eDp4', 'Bearer', '\xff\xfe']],
  ['cookie', ['__proto__=1; a=b', '='.repeat(1_000)]],
  ['upgrade', ['h2c', 'websocket']],
];

export function generate(random: Random, { operations, schemas, url }: Api): Shot {
  const aimed = random.pick(operations);
  const isAsIs = random.chance(0.25);
  const strayMethod = !isAsIs && random.chance(0.05) ? random.pick(METHODS) : aimed.method;
  const method = aimed.method === 'GET' && random.chance(0.05) ? 'HEAD' : strayMethod;
  const stray = !isAsIs && random.chance(0.04) ? `/${encodeURIComponent(wellFormed(hostileText(random)))}` : '';
  const path = pathOf(random, aimed, isAsIs) + stray;
  const headers = ['host', new URL(url).host];
  const body = bodyOf(random, aimed, schemas, isAsIs);
  if (body) headers.push('content-type', isAsIs || random.chance(0.95) ? 'application/json' : random.pick(MEDIA_TYPES));
  headers.push('content-length', String(body?.length ?? 0));
  if (!isAsIs) headers.push(...headersOf(random, aimed));
  return { method, target: path + queryOf(random, aimed, isAsIs), headers, body };
}

function pathOf(random: Random, { path }: Operation, isAsIs: boolean): string {
  const id =
    isAsIs || random.chance(0.6) ? String(random.int(1, 30)) : encodeURIComponent(wellFormed(hostileText(random)));
  // `.` and `..` would be other paths.
  return path.replace('{id}', /^(\.|%2e)*$/i.test(id) ? '0' : id) + (random.chance(0.05) ? '/' : '');
}

function queryOf(random: Random, { parameters }: Operation, isAsIs: boolean): string {
  const known = parameters.filter((parameter) => parameter.in === 'query');
  const pairs = known.flatMap(({ name, schema }) => {
    if (!random.chance(0.7)) return [];
    const value = isAsIs || random.chance(0.5) ? plausible(random, schema) : wellFormed(hostileText(random));
    return Array.from({ length: random.chance(0.03) ? 2 : 1 }, () => `${name}=${encodeURIComponent(value)}`);
  });
  if (!isAsIs && random.chance(0.1)) pairs.push(`${encodeURIComponent(wellFormed(hostileText(random)))}=1`);
  if (!isAsIs && random.chance(0.05))
    pairs.push(random.pick(['__proto__[x]=1', '%', '%E0%A4%A', '&&&', '=', 'limit[]=1', '%00']));
  return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}

function headersOf(random: Random, { parameters }: Operation): string[] {
  const known = parameters.filter((parameter) => parameter.in === 'header' && random.chance(0.5));
  const own = known.flatMap(({ name }) => [
    name,
    latin1(hostileText(random)).slice(0, random.pick([5, 255, 256, 4_000])),
  ]);
  const [name, values] = random.pick(HEADERS);
  return random.chance(0.2) ? [...own, name, random.pick(values)] : own;
}

function bodyOf(random: Random, operation: Operation, schemas: Schemas, isAsIs: boolean): Buffer | undefined {
  if (!['POST', 'PUT', 'PATCH'].includes(operation.method)) return undefined;
  if (operation.body === undefined) return !isAsIs && random.chance(0.2) ? Buffer.from(hostileJson(random)) : undefined;
  const { properties = {} } = resolve(operation.body, schemas);
  const fields = new Map(
    Object.entries(properties).map(([name, schema]) => [name, JSON.stringify(valueFor(random, schema))]),
  );
  if (isAsIs) return Buffer.from(written([...fields]));
  for (let changes = random.int(0, 2); changes > 0; changes--) {
    const name = random.pick([
      ...Object.keys(properties),
      '__proto__',
      'constructor',
      'id',
      'status',
      wellFormed(hostileText(random)),
    ]);
    if (random.chance(0.2)) fields.delete(name);
    else fields.set(name, hostileJson(random));
  }
  const entries = [...fields];
  if (random.chance(0.05)) entries.push(...entries.slice(0, 1));
  return mangled(random, written(entries));
}

function written(entries: Array<[string, string]>): string {
  return `{${entries.map(([name, value]) => `${JSON.stringify(name)}: ${value}`).join(', ')}}`;
}

/** Sometimes invalid JSON, invalid UTF-8, or too large. */
function mangled(random: Random, text: string): Buffer {
  switch (random.int(0, 40)) {
    case 0:
      return Buffer.from(text.slice(0, random.int(0, text.length)));
    case 1:
      return Buffer.from(text + random.pick(['}', ' x', '\0', text, '/* */', ',']));
    case 2:
      return Buffer.from(text, 'utf16le');
    case 3:
      return Buffer.from(`\ufeff${text}`);
    case 4:
      return Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0xc0, 0xaf, 0xff, 0xed, 0xa0, 0x80])]);
    case 5:
      return Buffer.from(hostileJson(random));
    case 6:
      return Buffer.from(text + ' '.repeat(random.pick([65_536 - text.length, 65_537 - text.length, 100_000])));
    default: {
      const bytes = Buffer.from(text);
      if (random.chance(0.1)) bytes[random.int(0, bytes.length - 1)] = random.int(0, 255);
      return bytes;
    }
  }
}

function valueFor(random: Random, schema: Schema): unknown {
  if (schema.type === 'integer') return Number(plausible(random, schema));
  return plausible(random, schema);
}

function plausible(random: Random, schema: Schema): string {
  if (schema.format === 'date') return plausibleDay(random);
  if (schema.type === 'integer') return String(random.int(schema.minimum ?? 1, Math.min(schema.maximum ?? 12, 12)));
  return `${random.int(1, 99_999)}`;
}

/** Text that can be percent-encoded. */
function wellFormed(text: string): string {
  return text.slice(0, 2_000).toWellFormed();
}

/** Text that a header can hold. */
function latin1(text: string): string {
  return text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?');
}
