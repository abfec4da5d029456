import { addDays, type CleaningOverview, type CleaningTask } from '@hotel/contracts';
import { problem, setHeader } from '@hotel/http';
import type { Logger } from '@hotel/log';
import type { Context, Hono } from 'hono';
import type { AssetName } from './assets/assets.ts';
import type { BoardRoom, Window } from './board/data.ts';
import type { View } from './board/view.ts';
import type { BrowserTelemetry, createRelay, Signal } from './relay/relay.ts';
import type { Streams } from './updates/streams.ts';

/** A page of rooms with the stays of some days. */
export interface Board {
  rooms: BoardRoom[];
  hasMore: boolean;
}

/** What the front desk needs of the service that serves it. */
export interface FrontDeskOptions {
  app: Pick<Hono, 'get' | 'post'>;
  /** Reads the rooms above `after`, `limit` at most, with their stays between `start` and `end`. */
  readBoard(window: { start: string; end: string; after: number; limit: number }): Promise<Board>;
  cleaning: {
    /** Undefined while cleaning does not answer. */
    read(): Promise<CleaningOverview | undefined>;
    /** @throws an error that `app` answers */
    finish(taskId: number): Promise<CleaningTask>;
  };
  today: () => string;
  /** The traceparent of the current request. */
  traceparent: () => string | undefined;
  browserTelemetry: BrowserTelemetry;
  /** The share of page loads that are traced, from 0 to 1. */
  sampleRatio: number;
  /** Runs `start` in a trace that is not sampled: open boards are read every second. */
  unsampled: <T>(start: () => T) => T;
  /** Base URL of the trace UI. */
  tracesUrl: string | undefined;
  /** Whether the API needs a token. The page itself has no data then. */
  needsToken: boolean;
  log: Logger;
}

/** Disposal ends the streams of open boards. */
export type FrontDesk = AsyncDisposable;

const ASSETS: Record<string, AssetName> = {
  '/front-desk/page.js': 'page.js',
  '/front-desk/telemetry.js': 'telemetry.js',
  '/front-desk/page.css': 'page.css',
  '/front-desk/icon.svg': 'icon.svg',
};

const RELAYS: Record<string, Signal> = { '/front-desk/v1/traces': 'traces', '/front-desk/v1/logs': 'logs' };

/**
 * Whether a path needs no token: the page and its files, which hold no data then, and the reports of its load, which
 * come before the token.
 */
export function isOpenPath(path: string): boolean {
  return path === '/' || path in ASSETS || path in RELAYS;
}

/** Only files of this origin, nothing inline: text that was not escaped could neither run nor load anything. */
const POLICY = [
  "default-src 'none'",
  ...['script', 'style', 'img', 'connect'].map((what) => `${what}-src 'self'`),
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Adds the page and its parts. Everything behind the routes is loaded by the first request for it, because most
 * processes never serve it.
 */
export function frontDeskRoutes(options: FrontDeskOptions): FrontDesk {
  const { app, cleaning, today, unsampled, tracesUrl, needsToken, log } = options;
  let streams: Streams | undefined;
  let relay: ReturnType<typeof createRelay> | undefined;

  async function viewOf(window: Window, last?: View): Promise<View> {
    const { start, days, after } = window;
    const board = await import('./board/view.ts');
    const { ROOMS } = await import('./board/window.ts');
    const [read, overview] = await Promise.all([
      options.readBoard({ start, end: addDays(start, days), after, limit: ROOMS }),
      cleaning.read(),
    ]);
    return board.viewOf({ window, today: today(), ...read, cleaning: overview }, last);
  }

  async function windowOf(c: Context): Promise<Window | string> {
    const { version: _, ...query } = c.req.query();
    const { windowOf } = await import('./board/window.ts');
    return windowOf(query, today());
  }

  app.get('/', async (c) => {
    const { page } = await import('./page/page.ts');
    const window = await windowOf(c);
    const isUsable = typeof window !== 'string';
    const view = isUsable && !needsToken ? await viewOf(window) : undefined;
    setHeader(c, 'content-security-policy', POLICY);
    const data = {
      view,
      problem: isUsable ? undefined : window,
      tracesUrl,
      isTraced: options.browserTelemetry.isOn() && Math.random() < options.sampleRatio,
      traceparent: options.traceparent(),
    };
    return c.html(page(data), isUsable ? 200 : 422);
  });

  for (const [path, name] of Object.entries(ASSETS)) {
    app.get(path, async (c) => (await import('./assets/assets.ts')).answerAsset(c, name, log));
  }

  app.get('/front-desk/updates', async (c) => {
    const window = await windowOf(c);
    if (typeof window === 'string') return problem(c, { status: 422, code: 'invalid_input', detail: window });
    // The body of a stream has no end to wait for.
    if (c.req.method === 'HEAD') return c.body(null, 200, { 'content-type': 'text/event-stream' });
    const { createStreams } = await import('./updates/streams.ts');
    streams ??= createStreams({ read: (of, last) => unsampled(() => viewOf(of, last)), log });
    const opened = streams.open(c, window, c.req.query('version'));
    const detail = 'too many boards are open, or this process is closing; the board is connected again in a moment';
    return opened ?? problem(c, { status: 503, code: 'too_many_streams', detail, retryAfterS: 5 });
  });

  app.post('/front-desk/tasks/:id/done', async (c) => {
    const id = c.req.param('id');
    if (!/^[1-9]\d{0,14}$/.test(id)) return problem(c, { status: 404, detail: `there is no task ${id}` });
    return c.json(await cleaning.finish(Number(id)), 200);
  });

  for (const [path, signal] of Object.entries(RELAYS)) {
    app.post(path, async (c) => {
      const { createRelay } = await import('./relay/relay.ts');
      relay ??= createRelay(options.browserTelemetry);
      return relay(c, signal);
    });
  }

  return {
    async [Symbol.asyncDispose]() {
      await streams?.[Symbol.asyncDispose]();
    },
  };
}
