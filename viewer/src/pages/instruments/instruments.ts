import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Steps } from '../../analysis/metrics/lines.ts';
import { BadParameter } from '../../api/params.ts';
import type { Ports } from '../../config.ts';
import type { Instrument } from '../../store/metrics/metric-store.ts';
import type { Stores } from '../../store/stores.ts';
import { formatCount, shorten } from '../format.ts';
import { type Html, layout } from '../layout.ts';
import { lookbackName, lookbackSeconds } from '../search/window.ts';
import { detail } from './detail.ts';
import { overview } from './overview.ts';

const WINDOWS = ['5m', '15m', '30m', '1h'];
const DEFAULT_WINDOW = '15m';
const STEPS = 60;
/** Charts on one page. */
const MAX_CHARTS = 120;

export interface InstrumentDeps {
  stores: Stores;
  ports: () => Ports;
  now: () => Date;
}

/** The metrics received, by instrument. Not below `/metrics`, where a scraper would expect Prometheus' format. */
export function instrumentsPage({ stores, ports, now }: InstrumentDeps): Hono {
  const app = new Hono();

  app.get('/', (c) => {
    const text = (name: string): string => c.req.query(name)?.trim() ?? '';
    const fields = { service: text('service'), name: text('name'), lookback: text('lookback') || DEFAULT_WINDOW };
    const one = text('instrument');
    let content: Html;
    let status: 200 | 400 | 404 = 200;
    try {
      const toMs = now().getTime();
      const steps = { fromMs: toMs - lookbackSeconds(fields.lookback) * 1000, toMs, count: STEPS };
      const all = stores.metrics.instruments();
      if (one !== '') {
        const chosen = all.filter(({ name, service }) => name === one && service === fields.service);
        if (chosen.length === 0) status = 404;
        content = page(fields, one, chosen, steps);
      } else content = list(fields, all, steps, new URL(c.req.url).hostname);
    } catch (error) {
      if (!(error instanceof BadParameter)) throw error;
      content = html`<h1 class="hidden">Metrics</h1>${form(fields, '')}<p class="problem" role="alert">${error.message}</p>`;
      status = 400;
    }
    const title = one === '' ? 'Metrics' : shorten(one, 100);
    const styles = ['instruments', 'tables'] as const;
    const options = { title, at: '/instruments', styles, script: 'instruments', stats: stores.stats() } as const;
    return c.html(layout({ ...options, body: html`<div id="charts">${content}</div>` }), status);
  });

  function page(fields: Fields, name: string, chosen: Instrument[], steps: Steps): Html {
    return html`<p><a href="?${queryOf({ ...fields, name: '' })}">All metrics of ${shorten(fields.service, 60)}</a></p><h1>${shorten(name, 200)}</h1>${form(fields, name)}
${chosen.length === 0 ? html`<p class="found">This metric has no stored points.</p>` : chosen.map((instrument) => html`<section>${detail(stores, instrument, steps)}</section>`)}`;
  }

  function list(fields: Fields, all: Instrument[], steps: Steps, hostname: string): Html {
    const matching = all.filter(
      ({ service, name }) =>
        (fields.service === '' || service === fields.service) && name.toLowerCase().includes(fields.name.toLowerCase()),
    );
    const shown = matching.slice(0, MAX_CHARTS);
    const hrefOf = ({ service, name }: Instrument): string =>
      `?${queryOf({ ...fields, service, name: '', instrument: name })}`;
    return html`<h1 class="hidden">Metrics</h1>${form(fields, '')}
${all.length === 0 ? nothingYet(ports(), hostname) : matching.length === 0 ? html`<p class="found">No metric matches. Remove a condition to see more.</p>` : overview(shown, steps, hrefOf)}
${matching.length > shown.length ? html`<p class="found">${formatCount(matching.length - shown.length, 'more metric')}: choose a service or enter part of the name.</p>` : ''}`;
  }

  function form({ service, name, lookback }: Fields, instrument: string): Html {
    const services = [...new Set(stores.metrics.instruments().map((one) => one.service))];
    const known = service === '' || services.includes(service) ? services : [service, ...services];
    const windows = [...new Set([...WINDOWS, lookback])];
    return html`<form class="fields" action="/instruments">${
      instrument === ''
        ? html`<label>Service<select name="service"><option value="">any</option>${known.slice(0, 1000).map((one) => option(one, one, service))}</select></label>
<label class="wide">Name<input name="name" value="${name}" placeholder="part of a metric's name" autocomplete="off" spellcheck="false"></label>`
        : html`<input type="hidden" name="service" value="${service}"><input type="hidden" name="instrument" value="${instrument}">`
    }<label>Window<select name="lookback">${windows.map((one) => option(one, lookbackName(one), lookback))}</select></label><button>Show</button></form>`;
  }

  return app;
}

interface Fields {
  service: string;
  name: string;
  lookback: string;
}

const queryOf = (fields: Record<string, string> | Fields): URLSearchParams =>
  new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== ''));

const option = (value: string, label: string, selected: string): Html =>
  html`<option value="${value}"${value === selected ? html` selected` : ''}>${label}</option>`;

const nothingYet = (ports: Ports, hostname: string): Html =>
  html`<section class="message"><h2>No metrics yet</h2>
<p>This page shows them as soon as they arrive. Let a service send its metrics here:</p>
<table class="plain">
<tr><th scope="row">which, and how often</th><td><code>OTEL_METRICS_EXPORTER=otlp OTEL_METRIC_EXPORT_INTERVAL=5000</code></td></tr>
<tr><th scope="row">over gRPC</th><td><code>OTEL_EXPORTER_OTLP_ENDPOINT=http://${hostname}:${ports.otlpGrpc}</code></td></tr>
<tr><th scope="row">over HTTP</th><td><code>OTEL_EXPORTER_OTLP_ENDPOINT=http://${hostname}:${ports.otlpHttp}</code></td></tr>
</table></section>`;
