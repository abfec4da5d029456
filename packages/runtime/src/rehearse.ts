/**
 * `node rehearse.ts PORT ARGS...`, while an image is built: starts `node ARGS...`, waits until it lives, and ends it, so that
 * NODE_COMPILE_CACHE holds what every later start needs. A program that cannot start fails the build.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LONGEST_START_MS = 120_000;
const POLL_MS = 50;

const [port, ...args] = process.argv.slice(2);
const dataDir = await mkdtemp(join(tmpdir(), 'rehearsal-'));
const env = {
  ...process.env,
  HOTEL_DATA_DIR: dataDir,
  LOG_LEVEL: 'error',
  // What only a traced process loads is loaded too. Nothing listens there, and a start makes no spans.
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
  OTEL_METRICS_EXPORTER: 'none',
};
const child = spawn(process.execPath, args, { stdio: 'inherit', env });
const ended = once(child, 'exit');
const lives = () =>
  fetch(`http://127.0.0.1:${port}/livez`).then(
    ({ ok }) => ok,
    () => false,
  );

const giveUpAt = performance.now() + LONGEST_START_MS;
while (child.exitCode === null && !(await lives()) && performance.now() < giveUpAt) await sleep(POLL_MS);
const started = child.exitCode === null && (await lives());
child.kill('SIGTERM');
const [code] = await ended;
await rm(dataDir, { recursive: true, force: true });
if (!started || code !== 0) {
  console.error(`node ${args.join(' ')} ${started ? `ended with ${code}` : 'did not start'}`);
  process.exitCode = 1;
}
