import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { html, raw } from 'hono/html';
import type { ApiDocument, Operation, Parameter } from '../openapi/api-document.ts';
import { tracePages } from '../trace-pages.ts';

/** A self-contained page that documents an API and sends requests to it. Loads nothing else. */
export function docsPage(
  document: ApiDocument,
  tracesUrl: string | undefined,
): { html: string; headers: Record<string, string> } {
  const script = read('docs.js');
  const style = read('docs.css');
  const { title, description, version } = document.info;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => operationOf(method, path, operation)),
  );
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${raw(style)}</style>
</head>
<body data-traces="${tracesUrl ?? ''}">
<header>
<h1>${title} <small>${version}</small></h1>
<p>${textOf(description)}</p>
<p><a href="/openapi.json">openapi.json</a> (OpenAPI ${document.openapi})${tracesUrl ? html` · <a href="${tracePages(tracesUrl).search(title)}">traces</a>` : ''}</p>
</header>
<main>
${document.components.securitySchemes ? tokenField() : ''}
${operations}
</main>
<noscript><p>Sending requests from here needs JavaScript.</p></noscript>
<script>${raw(script)}</script>
</body>
</html>`;
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return { html: String(page), headers: { 'content-security-policy': policy.join('; ') } };
}

/** The token is not stored; closing the page discards it. */
function tokenField() {
  return html`<label><span>token</span>
<input id="token" type="password" autocomplete="off" spellcheck="false">
<small>Sent as <code>Authorization: Bearer</code> with every request from here.</small></label>`;
}

function operationOf(method: string, path: string, { operationId, summary, parameters = [], ...rest }: Operation) {
  const [media] = Object.entries(rest.requestBody?.content ?? {});
  const body =
    media &&
    html`<label><span>body <em>${media[0]}</em></span>
<textarea name="body" rows="6" spellcheck="false">${JSON.stringify(media[1].example, null, 2)}</textarea></label>`;
  return html`
<details id="${operationId ?? ''}" class="operation">
<summary><h2><b class="${method}">${method.toUpperCase()}</b> <code>${path}</code> <span>${summary ?? ''}</span></h2></summary>
<form data-method="${method.toUpperCase()}" data-path="${path}" data-type="${media?.[0] ?? ''}">
${rest.description ? html`<p>${textOf(rest.description)}</p>` : ''}
${parameters.map(fieldOf)}
${body ?? ''}
<button>Send</button>
<output hidden></output>
</form>
<table>
<caption>Responses</caption>
${Object.entries(rest.responses).map(([status, answer]) => html`<tr><th scope="row">${status}</th><td>${textOf(answer.description)}</td></tr>`)}
</table>
</details>`;
}

/** Only required parameters are prefilled; the server has defaults for the others. */
function fieldOf({ name, in: place, required, description, schema }: Parameter) {
  const example = schema.example === undefined ? '' : String(schema.example);
  const text = description ?? schema.description ?? '';
  return html`<label><span>${name} <em>${place}${required ? ', required' : ''}</em></span>
<input name="${name}" data-in="${place}" value="${required ? example : ''}" placeholder="${example}" ${raw(required ? 'required' : '')}>
<small>${textOf(text)}</small></label>`;
}

/** OpenAPI descriptions are Markdown; ours use only `code`. */
function textOf(markdown: string) {
  return markdown.split('`').map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : part));
}

function read(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
