import { html } from 'hono/html';
import { BadParameter, parseDuration, parseInteger, parseTextMap } from '../../api/params.ts';
import type { TraceQuery } from '../../store/search.ts';
import type { SpanStore } from '../../store/store.ts';
import { formatTime } from '../format.ts';
import type { Html } from '../layout.ts';
import { CUSTOM, DEFAULT_LOOKBACK, LOOKBACKS, lookbackName, readWindow } from './window.ts';

const LIMITS = ['20', '50', '100', '200', '500'];
const DEFAULT_LIMIT = '20';

/** The fields as typed, with the names of Jaeger's search page. */
export interface Fields {
  service: string;
  operation: string;
  tags: string;
  minDuration: string;
  maxDuration: string;
  lookback: string;
  /** Microseconds since 1970. */
  start: string;
  end: string;
  limit: string;
  errors: boolean;
}

export function readFields(params: URLSearchParams): Fields {
  const text = (name: string): string => params.get(name)?.trim() ?? '';
  // The form keeps the window of a link under separate names, so that choosing another lookback replaces it.
  const custom = text('lookback') === CUSTOM;
  const [start, end] = ['Start', 'End'].map(
    (name) => text(name.toLowerCase()) || (custom ? text(`custom${name}`) : ''),
  ) as [string, string];
  return {
    service: text('service'),
    operation: text('operation') === 'all' ? '' : text('operation'),
    tags: text('tags'),
    minDuration: text('minDuration'),
    maxDuration: text('maxDuration'),
    lookback: start === '' && end === '' ? text('lookback') || DEFAULT_LOOKBACK : CUSTOM,
    start,
    end,
    limit: text('limit') || DEFAULT_LIMIT,
    errors: text('errors') !== '',
  };
}

/** The query string of a search page with these fields. */
export function queryOf({ errors, ...fields }: Fields): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== '') params.set(name, value);
  if (errors) params.set('errors', '1');
  return params;
}

/** Throws BadParameter. */
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
  const limit = parseInteger(fields.limit, 32);
  if (limit === undefined || limit <= 0n) {
    throw new BadParameter(`Limit is ${JSON.stringify(fields.limit)}: write a whole number from 1`);
  }
  const durationMin = duration('minDuration', 'Shortest');
  const durationMax = duration('maxDuration', 'Longest');
  if (durationMin && durationMax && durationMax < durationMin) {
    throw new BadParameter(`Longest is ${fields.maxDuration}, which is less than Shortest, ${fields.minDuration}`);
  }
  return {
    service: fields.service,
    operation: fields.operation,
    attributes: parseTags(fields.tags),
    errorsOnly: fields.errors,
    ...readWindow(fields, now),
    // Zero means unbounded.
    ...(durationMin ? { durationMin } : {}),
    ...(durationMax ? { durationMax } : {}),
    limit: Number(limit),
  };
}

/** Parses `key=value other="two words"`, or a JSON object as in Jaeger's links. Throws BadParameter. */
export function parseTags(text: string): Array<readonly [string, string]> {
  if (text === '') return [];
  if (text.startsWith('{')) {
    const entries = parseTextMap(text);
    if (entries === undefined) {
      throw new BadParameter(`Tags are ${JSON.stringify(text)}: that is not a JSON object of text values`);
    }
    return entries;
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
<label>Window<select name="lookback">${windowOptions(fields)}</select></label>${windowInputs(fields)}
<label class="short">Limit<select name="limit">${[...new Set([...LIMITS, fields.limit])].map((limit) => option(limit, limit, limit === fields.limit))}</select></label>
<label class="check"><input type="checkbox" name="errors" value="1"${fields.errors ? html` checked` : ''}>Errors only</label>
<button>Find</button>
<button type="button" id="live" class="scripted" aria-pressed="true" hidden>Live</button>
</form>`;
}

function windowOptions({ lookback, start, end }: Fields): Html[] {
  const known = [...new Set([...LOOKBACKS, ...(lookback === CUSTOM ? [] : [lookback])])];
  const options = known.map((value) => option(value, lookbackName(value), value === lookback));
  const time = (micros: string, open: string): string =>
    /^\d{1,18}$/.test(micros) ? formatTime(BigInt(micros) * 1000n).slice(0, 19) : open;
  return lookback === CUSTOM
    ? [...options, option(CUSTOM, `${time(start, '')} to ${time(end, 'now')}`, true)]
    : options;
}

const windowInputs = ({ lookback, start, end }: Fields): Html | '' =>
  lookback === CUSTOM
    ? html`<input type="hidden" name="customStart" value="${start}"><input type="hidden" name="customEnd" value="${end}">`
    : '';
