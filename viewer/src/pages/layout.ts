import { html, raw } from 'hono/html';
import type { AllStats } from '../store/stores.ts';
import { formatBytes, formatCount, formatZone } from './format.ts';
import { keysOf } from './keys.ts';

/** Markup with all external text escaped. */
export type Html = ReturnType<typeof html>;

export interface Page {
  title: string;
  /** The navigation entry of this page. */
  at?: '/search' | '/logs' | '/instruments' | '/dependencies';
  /** Style sheets of `assets/` in addition to the common ones. */
  styles?: ReadonlyArray<
    'search' | 'trace' | 'waterfall' | 'detail' | 'flame' | 'graph' | 'tables' | 'logs' | 'instruments'
  >;
  /** A script of `assets/`. */
  script?: 'search' | 'logs' | 'instruments' | 'graph' | 'trace/trace' | 'trace/watch';
  body: Html;
  /** Omitted if the page itself shows the statistics. */
  stats?: AllStats;
}

const NAVIGATION = [
  ['/search', 'Traces'],
  ['/logs', 'Logs'],
  ['/instruments', 'Metrics'],
  ['/dependencies', 'Services'],
] as const;

export const layout = ({ title, at, styles = [], script, body, stats }: Page): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/assets/icon.svg">
${(['base', 'marks', 'controls', ...styles] as const).map((name) => html`<link rel="stylesheet" href="/assets/${name}.css">`)}
<script type="module" src="/assets/base.js"></script>
${script === undefined ? '' : html`<script type="module" src="/assets/${script}.js"></script>`}
</head>
<body>
<header class="top">
<nav aria-label="Pages">${NAVIGATION.map(
  ([href, name]) => html`<a href="${href}"${at === href ? html` aria-current="page"` : ''}>${name}</a>`,
)}</nav>
<form action="/lookup" class="lookup"><input name="id" placeholder="Trace id or traceparent" aria-label="Trace id or traceparent" autocomplete="off" spellcheck="false" required><button>Open</button></form>
<button id="help" type="button" class="scripted" aria-label="Keys" aria-keyshortcuts="?" hidden>?</button>
</header>
<main>${body}</main>
<footer>${stats === undefined ? '' : storeState(stats)}<p class="dim">Times are in the time zone of the viewer's process: ${zoneNow()}.</p></footer>
${keyHelp(script)}
</body>
</html>`;

function zoneNow(): string {
  const offset = formatZone(BigInt(Date.now()) * 1_000_000n);
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return timeZone === offset ? offset : `${timeZone} (${offset})`;
}

const keyHelp = (script: Page['script']): Html =>
  html`<dialog id="keys" aria-labelledby="keys-title"><h2 id="keys-title">Keys</h2><dl>${keysOf(script).map(
    ([keys, does]) =>
      html`<div><dt>${keys.split(' ').map((key) => html`<kbd>${key}</kbd> `)}</dt><dd>${does}</dd></div>`,
  )}</dl><form method="dialog"><button>Close</button></form></dialog>`;

/** Data for the script of a page. Not executed, so the policy against inline scripts allows it. */
export const json = (id: string, value: unknown): Html =>
  html`<script type="application/json" id="${id}">${raw(JSON.stringify(value).replaceAll('<', '\\u003c'))}</script>`;

export function storeState(stats: AllStats): Html {
  const kept = [
    `${stats.spans.toLocaleString('en')} of ${stats.maxSpans.toLocaleString('en')} spans`,
    formatCount(stats.traces, 'trace'),
    ...(stats.logs > 0 ? [formatCount(stats.logs, 'log line')] : []),
    ...(stats.streams > 0 ? [formatCount(stats.streams, 'metric stream')] : []),
    `${formatBytes(stats.bytes)} of ${formatBytes(stats.maxBytes)}`,
  ];
  const dropped = [
    ...(stats.evictedTraces > 0
      ? [`${formatCount(stats.evictedTraces, 'older trace')} (${formatCount(stats.evictedSpans, 'span')})`]
      : []),
    ...(stats.evictedLogs > 0 ? [formatCount(stats.evictedLogs, 'older log line')] : []),
    ...(stats.evictedStreams > 0 ? [formatCount(stats.evictedStreams, 'older metric stream')] : []),
  ];
  return html`<p class="store">Stored: ${kept.join(', ')}. ${
    dropped.length === 0 ? 'Nothing dropped.' : html`<strong>Dropped to make room: ${dropped.join(', ')}</strong>.`
  }</p>`;
}

/** A page with a problem and what to do about it. */
export const messagePage = (title: string, message: Html, stats: AllStats): Html =>
  layout({ title, body: html`<section class="message"><h1>${title}</h1>${message}</section>`, stats });
