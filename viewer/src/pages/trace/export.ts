import { html, raw } from 'hono/html';
import type { TraceSummary } from '../../analysis/summary.ts';
import { readAsset } from '../assets.ts';
import { formatCount, formatDuration, formatTime, formatZone, shorten } from '../format.ts';
import type { Html } from '../layout.ts';
import { logSection } from './log-lines.ts';
import { spanDetail } from './span/detail.ts';
import { scaleOf } from './timeline/scale.ts';
import { blocks, type Source } from './timeline/timeline.ts';
import { ruler } from './timeline/waterfall.ts';
import { rowsOf } from './view.ts';

const STYLES = ['base', 'marks', 'controls', 'trace', 'waterfall', 'detail', 'logs'];
/** A file with more spans would take a browser long to open. */
const MAX_SPANS = 2_000;
/** The file opens from a disk or an e-mail: nothing in it runs, and it loads nothing. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/**
 * A trace as one file that needs no viewer: waterfall, span details and log lines. Other links lead to this viewer.
 * @param origin of this viewer, as the browser sees it
 */
export async function exportHtml(source: Source, summary: TraceSummary, origin: string): Promise<string> {
  const { stores, trace, shape, address } = source;
  const rows = rowsOf(shape, address.services).slice(0, MAX_SPANS);
  const records = stores.logs.ofTrace(trace.id);
  const title = summary.rootOperation || 'Trace';
  const details = rows.map(
    (node) =>
      html`<h3>${node.span.origin.service} ${shorten(node.span.name, 160)}</h3>${spanDetail(stores, trace, node, address)}`,
  );
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} (${trace.id.slice(0, 7)})</title>
<style>${raw((await Promise.all(STYLES.map((name) => readAsset(`${name}.css`)))).join('\n'))}</style>
</head>
<body><main>
<div class="head"><h1>${summary.rootService} ${shorten(title, 160)}</h1>
<p><strong>${formatDuration(trace.endNano - trace.startNano)}</strong> · ${formatTime(trace.startNano)} ${formatZone(trace.startNano)} · ${formatCount(summary.spans, 'span')} · <a href="/trace/${trace.id}"><code>${trace.id}</code></a></p>${omitted(summary.spans - rows.length)}</div>
<div class="waterfall" role="treegrid" aria-label="Spans">${ruler(scaleOf(trace, undefined))}${blocks(source, 0, rows.length)}</div>
${logSection(trace.id, records, trace, address)}
<section class="details"><h2>Spans</h2>${details}</section>
</main></body>
</html>`;
  // Foreign text cannot contain these: its quotes are escaped.
  return String(await page)
    .replaceAll(/ href="\?[^"]*#s-([^"]*)"/g, ' href="#d-$1"')
    .replaceAll(' href="/', ` href="${origin}/`)
    .replaceAll(' href="?', ` href="${origin}/trace/${trace.id}?`);
}

const omitted = (count: number): Html | '' =>
  count > 0
    ? html`<p class="problem">${formatCount(count, 'more span')} left out: open the trace in the viewer.</p>`
    : '';
