import { type Checks, createApp, type ErrorTable, healthRoutes } from '@hotel/http';
import type { Logger } from '@hotel/log';

export interface ServiceAppOptions {
  errors: ErrorTable;
  log: Logger;
  /** Readiness checks. */
  checks?: Checks;
}

/**
 * The app of a service, with the untraced operational routes `/health`, `/livez`, `/readyz` and `/metrics`. The hotel's
 * services serve these on a separate internal port; an example uses one port for simplicity.
 */
export function createServiceApp({ errors, log, checks = {} }: ServiceAppOptions) {
  const app = createApp({ errors, log });
  app.get('/health', (c) => c.json({ status: 'ok' }));
  app.route('/', healthRoutes(checks));
  return app;
}
