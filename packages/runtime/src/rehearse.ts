/**
 * `node rehearse.ts ARGS...`, while an image is built: starts `node ARGS...`, waits until it is ready, and stops it, so that
 * NODE_COMPILE_CACHE holds what every later start needs. A program that cannot start fails the build. Its ports should be 0: a
 * build may share the network of the host.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const LONGEST_START_MS = 120_000;

const args = process.argv.slice(2);
const dataDir = await mkdtemp(join(tmpdir(), 'rehearsal-'));
const env = {
  ...process.env,
  HOTEL_DATA_DIR: dataDir,
  LOG_LEVEL: 'info',
  // What only a traced process loads is loaded too. Nothing listens there, and a start makes no spans.
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
  OTEL_METRICS_EXPORTER: 'none',
};
const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
const ended = once(child, 'exit');
const giveUp = setTimeout(() => child.kill('SIGKILL'), LONGEST_START_MS);
let started = false;
for await (const line of createInterface(child.stdout)) {
  if (started || !line.includes('"msg":"ready"')) continue;
  started = true;
  child.kill('SIGTERM');
}
const [code] = await ended;
clearTimeout(giveUp);
await rm(dataDir, { recursive: true, force: true });
if (!started || code !== 0) {
  console.error(`node ${args.join(' ')} ${started ? `ended with ${code}` : 'did not start'}`);
  process.exitCode = 1;
}
