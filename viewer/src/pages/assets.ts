import { readFile } from 'node:fs/promises';
import { Hono } from 'hono';

const TYPES: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Allow-list of file names, so that no request path reaches the disk. */
const FILES = new Set([
  ...[
    'base',
    'marks',
    'controls',
    'waterfall',
    'tables',
    'search',
    'graph',
    'trace',
    'detail',
    'flame',
    'logs',
    'instruments',
  ].map((name) => `${name}.css`),
  ...['base', 'search', 'graph', 'logs', 'instruments'].map((name) => `${name}.js`),
  ...['trace', 'watch', 'ask', 'rows', 'find', 'zoom', 'columns'].map((name) => `trace/${name}.js`),
  'icon.svg',
]);

const loaded = new Map<string, Promise<string>>();

/** The content of a file of `assets/`. */
export function readAsset(file: string): Promise<string> {
  const content = loaded.get(file) ?? readFile(new URL(`./assets/${file}`, import.meta.url), 'utf8');
  loaded.set(file, content);
  return content;
}

export function assets(): Hono {
  const app = new Hono();
  app.get('/:file{.+}', async (c) => {
    const file = c.req.param('file');
    if (!FILES.has(file)) return c.text('no such file', 404);
    return c.body(await readAsset(file), 200, { 'content-type': TYPES[file.split('.').at(-1) ?? ''] ?? 'text/plain' });
  });
  return app;
}
