import { html, raw } from 'hono/html';
import type { Html } from '../board/grid.ts';
import type { View } from '../board/view.ts';
import { bookDialog, keysDialog, stayDialog } from './dialogs.ts';

export interface PageData {
  /** Undefined if the caller has sent no token: the script asks for one and then for the board. */
  view: View | undefined;
  /** Why the address selects no days, as a sentence. */
  problem: string | undefined;
  tracesUrl: string | undefined;
  /** Whether this page load reports to the hotel's traces. */
  isTraced: boolean;
  /** The trace of the request for this page, which the spans of the document's load continue. */
  traceparent: string | undefined;
}

export function page({ view, problem, tracesUrl, isTraced, traceparent }: PageData): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Front desk</title>
${isTraced && traceparent ? html`<meta name="traceparent" content="${traceparent}">` : ''}
<link rel="icon" href="/front-desk/icon.svg">
<link rel="stylesheet" href="/front-desk/page.css">
<script type="module" src="/front-desk/page.js"></script>
${isTraced ? html`<script type="module" src="/front-desk/telemetry.js"></script>` : ''}
</head>
<body data-traces="${tracesUrl ?? ''}">
<header class="top">
<h1>Front desk</h1>
<nav aria-label="Pages">${tracesUrl ? html`<a href="${tracesUrl}/search">Traces</a>` : ''}<a href="/docs">API</a><button type="button" id="help" aria-keyshortcuts="?">Keys</button></nav>
</header>
<main>
<section id="reports" aria-label="What happened" aria-live="polite"></section>
<p id="connection" role="status" hidden></p>
${view || problem ? '' : tokenForm}
${problem ? html`<p class="problem" role="alert">This address selects no days: ${problem}. <a href="/">Show the board</a></p>` : ''}
<div id="board" data-version="${view?.version ?? ''}">${view ? raw(view.html) : ''}</div>
<noscript><p class="problem">The board is shown as it was when the page was loaded. Changing it needs JavaScript.</p></noscript>
</main>
${bookDialog}${stayDialog}${keysDialog}
</body>
</html>`;
}

/**
 * The token stays in the memory of the page: a reload asks for it again. Browsers refuse to send other characters in a
 * header.
 */
const tokenForm = html`<form id="token"><p>This hotel’s API needs a token, and so does its front desk.</p>
<label>Token <input name="token" type="password" autocomplete="off" spellcheck="false" required pattern="\\s*[!-~]+\\s*" title="ASCII letters, digits and symbols, without spaces"></label>
<button>Show the board</button></form>`;
