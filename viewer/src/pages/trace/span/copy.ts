import { html } from 'hono/html';
import { attribute, type Span, toText } from '../../../model.ts';
import type { Html } from '../../layout.ts';

/** Values to copy: selectable text, with a button where scripts run. */
const copyList = (entries: Array<[label: string, text: string]>): Html =>
  html`<dl class="copies">${entries.map(
    ([label, text]) =>
      html`<div><dt>${label}</dt><dd><code>${text}</code><button type="button" class="copy scripted" aria-label="Copy ${label}" hidden>Copy</button></dd></div>`,
  )}</dl>`;

const traceparent = (traceId: string, spanId: string): string => `00-${traceId}-${spanId}-01`;

export function copyTrace(traceId: string, root: Span | undefined, origin: string): Html {
  const entries: Array<[string, string]> = [['trace id', traceId]];
  if (root !== undefined) entries.push(['traceparent', traceparent(traceId, root.spanId)]);
  entries.push(['curl, its JSON', `curl ${quote(`${origin}/api/v3/traces/${traceId}?rawTraces=true`)}`]);
  const again = root && curlOf(root);
  if (again !== undefined) entries.push(['curl, the request again', again]);
  return html`<details class="menu"><summary>Copy</summary>${copyList(entries)}</details>`;
}

export function copySpan(span: Span): Html {
  const request = curlOf(span);
  return copyList([
    ['traceparent', traceparent(span.traceId, span.spanId)],
    ...(request === undefined ? [] : ([['curl', request]] as Array<[string, string]>)),
  ]);
}

/**
 * A curl command that repeats the request of an HTTP span within the same trace. Spans contain no bodies or headers.
 */
export function curlOf(span: Span): string | undefined {
  const text = (...keys: string[]): string => {
    const found = keys.map((key) => attribute(span.attributes, key)).find((value) => value !== undefined);
    return found === undefined ? '' : toText(found);
  };
  const method = text('http.request.method', 'http.method');
  const url = text('url.full', 'http.url') || urlOf(text);
  if (method === '' || !/^https?:\/\//i.test(url)) return undefined;
  const verb = method === 'GET' ? '' : `-X ${quote(method)} `;
  return `curl ${verb}${quote(url)} -H ${quote(`traceparent: ${traceparent(span.traceId, span.spanId)}`)}`;
}

function urlOf(text: (...keys: string[]) => string): string {
  const [host, port] = [text('server.address', 'net.host.name'), text('server.port', 'net.host.port')];
  const query = text('url.query');
  if (host === '') return '';
  const address = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return `${text('url.scheme', 'http.scheme') || 'http'}://${address}${port === '' ? '' : `:${port}`}${text('url.path', 'http.target')}${query === '' ? '' : `?${query}`}`;
}

/** Quotes any text as one POSIX shell word. */
const quote = (text: string): string => (/^[\w./:=@%-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
