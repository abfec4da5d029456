import { type Checks, createApp, type ErrorTable, healthRoutes } from '@hotel/http';
import type { Logger } from '@hotel/telemetry';

export interface ServiceAppOptions {
  errors: ErrorTable;
  log: Logger;
  /** What the service is not ready without. */
  checks?: Checks;
}

/**
 * The app of a service, with the routes for machines: `/health`, `/livez`, `/readyz` and `/metrics`, never traced. The hotel's
 * services serve these on a second, internal port; a service of an example has one port, which is easier to remember.
 */
export function createServiceApp({ errors, log, checks = {} }: ServiceAppOptions) {
  const app = createApp({ errors, log });
  app.get('/health', (c) => c.json({ status: 'ok' }));
  app.route('/', healthRoutes(checks));
  return app;
}
