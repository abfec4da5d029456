import { Hono } from 'hono';
import { insightApi } from './api/insight.ts';
import { logsApi } from './api/logs.ts';
import { transformApi } from './api/transform.ts';
import { v1Api } from './api/v1.ts';
import { v3Api } from './api/v3.ts';
import type { Ports } from './config.ts';
import type { Log } from './log.ts';
import { methodsOf } from './methods.ts';
import type { Ingest } from './otlp/ingest.ts';
import { pages } from './pages/pages.ts';
import type { Stores } from './store/stores.ts';

export interface AppDeps {
  stores: Stores;
  /** Writes to the stores. */
  ingest: Ingest;
  log: Log;
  now: () => Date;
  /** The bound ports. */
  ports: () => Ports;
  /** Ends the pages that follow the logs. */
  stopping: AbortSignal;
}

/** Allows only our own files, so that span content could neither run nor load anything even if it were not escaped. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  ...['script', 'style', 'img', 'connect'].map((what) => `${what}-src 'self'`),
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The app of the query port: Jaeger's APIs and the pages. */
export function createApp({ stores, ingest, log, now, ports, stopping }: AppDeps): Hono {
  const app = new Hono();
  app.onError((error, c) => {
    log('error', 'request failed', { path: c.req.path, error: error.stack ?? error.message });
    return c.text('the viewer failed to answer this request: see its log', 500);
  });
  app.use(methodsOf(app), async (c, next) => {
    await next();
    c.header('content-security-policy', CONTENT_SECURITY_POLICY);
    c.header('x-content-type-options', 'nosniff');
    c.header('referrer-policy', 'same-origin');
    c.header('cache-control', 'no-cache');
  });
  const { traces } = stores;
  app.route('/api/v3', v3Api(traces));
  app.route('/api/logs', logsApi(stores.logs));
  app.route('/api/transform', transformApi());
  app.route('/api', insightApi(traces, now));
  app.route('/api', v1Api(traces, now));
  app.route('/', pages({ stores, ingest, ports, now, stopping }));
  return app;
}
