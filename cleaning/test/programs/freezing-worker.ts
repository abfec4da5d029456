/** cleaning-worker that suspends itself once, `before` or `after` the effect of its first event (`FREEZE`). */

import { writeSync } from 'node:fs';
import { run } from '@hotel/runtime';
import { loadWorkerConfig } from '../../src/config.ts';
import { startWorker } from '../../src/start-worker.ts';

const point = process.env.FREEZE;
let isFrozen = false;

function freezeAt(here: string): void {
  if (isFrozen || here !== point) return;
  isFrozen = true;
  writeSync(process.stdout.fd, 'frozen\n');
  process.kill(process.pid, 'SIGSTOP');
}

await run('cleaning-worker', loadWorkerConfig, (config, resources, log) =>
  startWorker(config, resources, log, {
    wrapPlan: (plan) => ({
      async apply(event) {
        freezeAt('before');
        const applied = await plan.apply(event);
        freezeAt('after');
        return applied;
      },
    }),
  }),
);
