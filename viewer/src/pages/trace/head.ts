import { html } from 'hono/html';
import type { TraceSummary } from '../../analysis/summary.ts';
import type { StoredLog } from '../../model-logs.ts';
import type { Trace } from '../../store/trace.ts';
import { colourClass } from '../colour.ts';
import { formatCount, formatDuration, formatTime, formatZone, shorten } from '../format.ts';
import type { Html } from '../layout.ts';
import { type Address, linkTo } from './address.ts';
import { countAlarms } from './log-lines.ts';
import { copyTrace } from './span/copy.ts';
import type { Shape } from './view.ts';

const VIEWS: Array<[Address['view'], string]> = [
  ['timeline', 'Timeline'],
  ['flame', 'Flame graph'],
  ['spans', 'Self time'],
];

export interface Head {
  trace: Trace;
  summary: TraceSummary;
  shape: Shape;
  address: Address;
  /** Number of matching spans in the whole trace. */
  hits: number;
  /** Origin of this server as seen by the browser. */
  origin: string;
  /** The log records of the trace. */
  records: readonly StoredLog[];
  /** Traces to compare with. */
  compare: Html | '';
}

/** The header of a trace page: summary and links to the other views. */
export function head({ trace, summary, shape, address, hits, origin, compare, records }: Head): Html {
  const root = shape.tree.roots.find(({ span }) => span.parentSpanId === '')?.span;
  return html`<div class="head"><h1><b class="svc ${colourClass(summary.rootService)}">${shorten(summary.rootService, 60)}</b> ${shorten(summary.rootOperation || 'root span not stored', 160)}</h1>
<p><strong>${formatDuration(trace.endNano - trace.startNano)}</strong> · ${formatTime(trace.startNano)} ${formatZone(trace.startNano)} · ${formatCount(summary.spans, 'span')}, ${formatCount(shape.depth + 1, 'level')} deep${summary.errors > 0 ? html` · <span class="bad">${formatCount(summary.errors, 'error')}</span>` : ''}${summary.orphans > 0 ? html` · <span class="warn">${formatCount(summary.orphans, 'orphan')}</span>` : ''}${logged(records, address)} · <code>${trace.id}</code></p>
${chips(summary, address)}
<div class="tools"><nav class="views" aria-label="Views of this trace">${VIEWS.map(
    ([view, name]) =>
      html`<a href="${linkTo(address, { view, from: 0, sort: '', at: '' })}"${view === address.view ? html` aria-current="page"` : ''}>${name}</a>`,
  )}</nav>
${address.view === 'timeline' ? findForm(address, hits) : ''}
${copyTrace(trace.id, root, origin)}<a href="/api/v3/traces/${trace.id}?rawTraces=true" download="trace-${trace.id}.json">Raw JSON</a><a href="/trace/${trace.id}/otlp.jsonl" download>OTLP with logs</a><a href="/trace/${trace.id}/export.html" download="trace-${trace.id}.html">HTML</a>${compare}</div></div>`;
}

/** A link to the log lines, with the numbers of warnings and errors. */
function logged(records: readonly StoredLog[], address: Address): Html | '' {
  if (records.length === 0) return '';
  const { warnings, errors } = countAlarms(records);
  return html` · <a href="${linkTo(address, { view: 'timeline' })}#log-lines">${formatCount(records.length, 'log line')}</a>${warnings === '' ? '' : html` <span class="warn">${warnings}</span>`}${errors === '' ? '' : html` <span class="bad">${errors}</span>`}`;
}

/** One chip per service. A selected chip restricts the rows to its service; further ones add theirs. */
function chips({ services }: TraceSummary, address: Address): Html {
  const toggled = (name: string): ReadonlySet<string> => address.services.symmetricDifference(new Set([name]));
  const filtered = address.services.size > 0;
  return html`<p class="chips">${services.map(({ name, spans }) => {
    const on = address.services.has(name);
    return html`<a class="chip ${colourClass(name)}${filtered && !on ? ' off' : ''}" href="${linkTo(address, { services: toggled(name), from: 0 })}" title="${on ? 'Show all services again' : 'Show only this service'}"${on ? html` aria-current="true"` : ''}>${shorten(name, 40)} ${spans}</a>`;
  })}${filtered ? html`<a href="${linkTo(address, { services: new Set(), from: 0 })}">All services</a>` : ''}
${address.view === 'timeline' ? LEGEND : ''}</p>`;
}

const LEGEND = html`<span class="legend"><svg width="22" height="8" aria-hidden="true"><rect class="crit" y="3" width="22" height="2"/></svg> critical path <svg width="22" height="8" aria-hidden="true"><line class="wait" x1="0" x2="22" y1="4" y2="4"/></svg> waiting in a queue</span>`;

function findForm(address: Address, hits: number): Html {
  return html`<form class="find" role="search"><input id="find" name="uiFind" value="${address.uiFind}" placeholder="Find in this trace ( / )" aria-label="Find in this trace" autocomplete="off" spellcheck="false">${[
    ...address.services,
  ].map((name) => html`<input type="hidden" name="service" value="${name}">`)}
<output id="found">${address.uiFind === '' ? '' : formatCount(hits, 'span')}</output></form>`;
}
