import { html } from 'hono/html';
import type { LogStore } from '../../store/logs/log-store.ts';
import type { Html } from '../layout.ts';

/** The fields as typed. */
export interface Fields {
  service: string;
  severity: string;
  text: string;
  trace: string;
}

const NAMES = ['service', 'severity', 'text', 'trace'] as const;

const SEVERITIES: Array<[value: string, label: string]> = [
  ['', 'any'],
  ['debug', 'debug and above'],
  ['info', 'info and above'],
  ['warn', 'warnings and errors'],
  ['error', 'errors'],
];

export const readFields = (params: URLSearchParams): Fields => {
  const [service = '', severity = '', text = '', trace = ''] = NAMES.map((name) => params.get(name)?.trim() ?? '');
  return { service, severity: severity.toLowerCase(), text, trace };
};

/** The query string of a logs page with these fields. */
export function queryOf(fields: Fields, more: Record<string, string>): URLSearchParams {
  const entries = Object.entries({ ...fields, ...more }).filter(([, value]) => value !== '');
  return new URLSearchParams(entries);
}

export function logsForm(store: LogStore, fields: Fields): Html {
  const services = store.services();
  const known = fields.service === '' || services.includes(fields.service) ? services : [fields.service, ...services];
  const severities = SEVERITIES.some(([value]) => value === fields.severity)
    ? SEVERITIES
    : [...SEVERITIES, [fields.severity, fields.severity] as const];
  return html`<form class="fields" action="/logs">
<label>Service<select name="service">${option('', 'any', fields.service)}${known.slice(0, 1000).map((name) => option(name, name, fields.service))}</select></label>
<label>Severity<select name="severity">${severities.map(([value, label]) => option(value, label, fields.severity))}</select></label>
<label class="wide">Text<input name="text" value="${fields.text}" placeholder="in the message or an attribute" autocomplete="off" spellcheck="false"></label>
<label class="wide">Trace<input name="trace" value="${fields.trace}" placeholder="trace id" autocomplete="off" spellcheck="false"></label>
<button>Find</button>
<button type="button" id="follow" class="scripted" aria-pressed="true" hidden>Live</button>
</form>`;
}

const option = (value: string, label: string, selected: string): Html =>
  html`<option value="${value}"${value === selected ? html` selected` : ''}>${label}</option>`;
