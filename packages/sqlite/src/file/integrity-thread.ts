import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

const require = createRequire(import.meta.url);
const open = require('better-sqlite3') as typeof import('better-sqlite3');

const database = open(workerData as string, { readonly: true, timeout: 5_000 });
database.pragma('cache_size = -2000');
try {
  parentPort?.postMessage(String(database.pragma('quick_check(1)', { simple: true })).replaceAll('\n', ' '));
} catch (error) {
  // On a file that is truncated or not a database, the check itself fails.
  if (!(error instanceof Error && 'code' in error && /^SQLITE_(CORRUPT|NOTADB)/.test(String(error.code)))) throw error;
  parentPort?.postMessage(error.message);
} finally {
  database.close();
}
