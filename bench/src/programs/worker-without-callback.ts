/**
 * cleaning-worker without its callback to dispo: shows how much of a job is the callback. Not a setting of the worker:
 * in production dispo would publish every event again, indefinitely.
 */

import { run } from '@hotel/runtime';
import { loadWorkerConfig } from 'cleaning/settings';
import { startWorker } from 'cleaning/worker';

await run('cleaning-worker', loadWorkerConfig, (config, resources, log) =>
  startWorker(config, resources, log, { callback: { confirm: async () => {}, reportFailed: async () => {} } }),
);
