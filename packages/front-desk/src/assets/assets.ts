import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { problem, setHeader } from '@hotel/http';
import type { Logger } from '@hotel/log';
import type { Context } from 'hono';
import { readScripts } from './scripts.ts';

export type AssetName = 'page.js' | 'telemetry.js' | 'page.css' | 'icon.svg';

interface Asset {
  type: string;
  bytes: Buffer<ArrayBuffer>;
  gzipped: Buffer<ArrayBuffer>;
  tag: string;
}

const STYLES = ['base.css', 'board.css', 'dialogs.css', 'narrow.css'];
const read = (file: string) => readFile(new URL(file, import.meta.url));

const loaded = new Map<AssetName, Promise<Asset>>();

/** Responds with a file of the page, or with 304 if the browser has it. */
export async function answerAsset(c: Context, name: AssetName, log: Logger): Promise<Response> {
  const loading = loaded.get(name) ?? load(name);
  loaded.set(name, loading);
  let asset: Asset;
  try {
    asset = await loading;
  } catch (error) {
    // Not cached: the cause may be fixed while the process runs.
    loaded.delete(name);
    log.error({ err: error }, `the front desk's ${name} could not be loaded`);
    const detail = `the front desk's ${name} is missing; the log has the reason under this trace_id`;
    return problem(c, { status: 503, code: 'asset_missing', detail, retryAfterS: 10 });
  }
  // Revalidated at every load of the page, so that a new version is used at once.
  setHeader(c, 'cache-control', 'no-cache');
  setHeader(c, 'etag', asset.tag);
  setHeader(c, 'vary', 'accept-encoding');
  if (c.req.header('if-none-match') === asset.tag) return c.body(null, 304);
  const type = { 'content-type': asset.type };
  if (!/\bgzip\b/.test(c.req.header('accept-encoding') ?? '')) return c.body(asset.bytes, 200, type);
  return c.body(asset.gzipped, 200, { ...type, 'content-encoding': 'gzip' });
}

async function load(name: AssetName): Promise<Asset> {
  const bytes = Buffer.from(await contentOf(name));
  return {
    type: { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml' }[
      name.slice(name.lastIndexOf('.') + 1) as 'js' | 'css' | 'svg'
    ],
    bytes,
    gzipped: Buffer.from(await promisify(gzip)(bytes)),
    tag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 16)}"`,
  };
}

async function contentOf(name: AssetName): Promise<Buffer> {
  if (name === 'icon.svg') return read('icon.svg');
  if (name === 'page.css') return Buffer.concat(await Promise.all(STYLES.map(read)));
  return (await readScripts())[name];
}
