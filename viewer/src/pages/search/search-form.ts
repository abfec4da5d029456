import { html } from 'hono/html';
import { BadParameter, parseDuration } from '../../api/params.ts';
import type { TraceQuery } from '../../store/search.ts';
import type { SpanStore } from '../../store/store.ts';
import type { Html } from '../layout.ts';

export const LOOKBACKS = [
  ['5m', 'last 5 minutes', 300],
  ['15m', 'last 15 minutes', 900],
  ['1h', 'last hour', 3600],
  ['6h', 'last 6 hours', 21_600],
  ['1d', 'last day', 86_400],
  ['7d', 'last week', 604_800],
] as const;

const DEFAULT_LOOKBACK = '1h';
const LIMITS = [20, 50, 100, 200, 500];
const DEFAULT_LIMIT = 20;

/** What stands in the fields, as it was typed. The names are those of Jaeger's own search page. */
export interface Fields {
  service: string;
  operation: string;
  tags: string;
  minDuration: string;
  maxDuration: string;
  lookback: string;
  limit: number;
  errors: boolean;
}

export function readFields(params: URLSearchParams): Fields {
  const text = (name: string): string => params.get(name)?.trim() ?? '';
  const limit = Number(text('limit'));
  const lookback = text('lookback');
  return {
    service: text('service'),
    operation: text('operation') === 'all' ? '' : text('operation'),
    tags: text('tags'),
    minDuration: text('minDuration'),
    maxDuration: text('maxDuration'),
    lookback: LOOKBACKS.some(([value]) => value === lookback) ? lookback : DEFAULT_LOOKBACK,
    limit: Number.isInteger(limit) && limit > 0 ? Math.min(limit, 1500) : DEFAULT_LIMIT,
    errors: text('errors') !== '',
  };
}

export const lookbackSeconds = (lookback: string): number =>
  LOOKBACKS.find(([value]) => value === lookback)?.[2] ?? 3600;

/** Always relative to now, with no end: a clock that runs ahead hides nothing. Throws BadParameter. */
export function toQuery(fields: Fields, now: Date): TraceQuery {
  const duration = (name: 'minDuration' | 'maxDuration', label: string): bigint | undefined => {
    if (fields[name] === '') return undefined;
    const nanos = parseDuration(fields[name].replaceAll(' ', ''));
    if (nanos === undefined) {
      throw new BadParameter(
        `${label} is ${JSON.stringify(fields[name])}: write a duration such as 1.5s, 300ms or 80us`,
      );
    }
    return nanos;
  };
  const durationMin = duration('minDuration', 'Shortest');
  const durationMax = duration('maxDuration', 'Longest');
  return {
    service: fields.service,
    operation: fields.operation,
    attributes: parseTags(fields.tags),
    errorsOnly: fields.errors,
    startMin: BigInt(now.getTime() - lookbackSeconds(fields.lookback) * 1000) * 1_000_000n,
    ...(durationMin === undefined ? {} : { durationMin }),
    ...(durationMax === undefined ? {} : { durationMax }),
    limit: fields.limit,
  };
}

/** `key=value other="two words"`, or a JSON object as Jaeger's links have it. Throws BadParameter. */
export function parseTags(text: string): Array<readonly [string, string]> {
  if (text === '') return [];
  if (text.startsWith('{')) {
    try {
      return Object.entries(JSON.parse(text) as object).map(([key, value]) => [key, String(value)] as const);
    } catch {
      throw new BadParameter(`Tags are ${JSON.stringify(text)}: that is no JSON object`);
    }
  }
  const pairs = [...text.matchAll(/([^\s=]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s"]\S*)?)(?:\s+|$)/gy)];
  if (pairs.reduce((length, [whole]) => length + whole.length, 0) !== text.length) {
    throw new BadParameter(
      `Tags are ${JSON.stringify(text)}: write key=value, with spaces between pairs and "quotes" around values with spaces`,
    );
  }
  return pairs.map(([, key = '', quoted, plain = '']) => [key, quoted?.replaceAll(/\\(.)/g, '$1') ?? plain] as const);
}

const option = (value: string, label: string, selected: boolean): Html =>
  html`<option value="${value}"${selected ? html` selected` : ''}>${label}</option>`;

export function searchForm(store: SpanStore, fields: Fields): Html {
  const services = store.services.names();
  const known = fields.service === '' || services.includes(fields.service) ? services : [fields.service, ...services];
  const operations = new Set(
    (fields.service === '' ? services : [fields.service]).flatMap((service) =>
      store.services.operations(service).map(({ name }) => name),
    ),
  );
  return html`<form class="fields" action="/search" id="search">
<label>Service<select name="service" id="service">${option('', 'any', fields.service === '')}${known.slice(0, 1000).map((name) => option(name, name, name === fields.service))}</select></label>
<label class="wide">Operation<input name="operation" list="operations" value="${fields.operation}" placeholder="any" autocomplete="off"></label>
<datalist id="operations">${[...operations].slice(0, 500).map((name) => html`<option value="${name}"></option>`)}</datalist>
<label class="wide">Tags<input name="tags" value="${fields.tags}" placeholder='http.route=/x hotel.room.number=101' spellcheck="false" autocomplete="off"></label>
<label class="short">Shortest<input name="minDuration" value="${fields.minDuration}" placeholder="10ms" autocomplete="off"></label>
<label class="short">Longest<input name="maxDuration" value="${fields.maxDuration}" placeholder="1.5s" autocomplete="off"></label>
<label>Window<select name="lookback">${LOOKBACKS.map(([value, label]) => option(value, label, value === fields.lookback))}</select></label>
<label class="short">Limit<select name="limit">${[...new Set([...LIMITS, fields.limit])].sort((a, b) => a - b).map((limit) => option(String(limit), String(limit), limit === fields.limit))}</select></label>
<label class="check"><input type="checkbox" name="errors" value="1"${fields.errors ? html` checked` : ''}>Errors only</label>
<button>Find</button>
</form>`;
}
