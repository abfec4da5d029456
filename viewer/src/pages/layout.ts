import { html } from 'hono/html';
import type { StoreStats } from '../store/store.ts';
import { formatBytes, formatCount } from './format.ts';

/** Markup in which everything that came from outside is escaped. */
export type Html = ReturnType<typeof html>;

export interface Page {
  title: string;
  /** The address in the navigation that this page belongs to. */
  at?: '/search' | '/dependencies';
  /** A style sheet of `assets/` beside the common one. */
  style?: 'search' | 'trace' | 'graph';
  /** A script of `assets/`. */
  script?: 'search' | 'trace';
  body: Html;
  /** Left out where the page shows it itself. */
  stats?: StoreStats;
}

const NAVIGATION = [
  ['/search', 'Traces'],
  ['/dependencies', 'Services'],
] as const;

export const layout = ({ title, at, style, script, body, stats }: Page): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/assets/icon.svg">
<link rel="stylesheet" href="/assets/base.css">
${style === undefined ? '' : html`<link rel="stylesheet" href="/assets/${style}.css">`}
${script === undefined ? '' : html`<script type="module" src="/assets/${script}.js"></script>`}
</head>
<body>
<header class="top">
<nav>${NAVIGATION.map(
  ([href, name]) => html`<a href="${href}"${at === href ? html` aria-current="page"` : ''}>${name}</a>`,
)}</nav>
<form action="/lookup" class="lookup"><input name="id" placeholder="Trace id or traceparent" aria-label="Trace id or traceparent" autocomplete="off" spellcheck="false" required><button>Open</button></form>
</header>
<main>${body}</main>
${stats === undefined ? '' : html`<footer>${storeState(stats)}</footer>`}
</body>
</html>`;

export const storeState = (stats: StoreStats): Html =>
  html`<p class="store">Stored: ${stats.spans.toLocaleString('en')} of ${stats.maxSpans.toLocaleString('en')} spans, ${formatCount(stats.traces, 'trace')}, ${formatBytes(stats.bytes)} of ${formatBytes(stats.maxBytes)}. ${
    stats.evictedTraces === 0
      ? 'Nothing dropped.'
      : html`<strong>${formatCount(stats.evictedTraces, 'older trace')} dropped to make room</strong> (${formatCount(stats.evictedSpans, 'span')}).`
  }</p>`;

/** A page that says what is wrong and what to do. */
export const messagePage = (title: string, message: Html, stats: StoreStats): Html =>
  layout({ title, body: html`<section class="message"><h1>${title}</h1>${message}</section>`, stats });
