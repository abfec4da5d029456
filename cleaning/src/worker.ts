import { run } from '@hotel/runtime';
import { loadWorkerConfig } from './config.ts';
import { startWorker } from './start-worker.ts';

await run('cleaning-worker', loadWorkerConfig, startWorker);
