/**
 * `node rehearse.ts ARGS...`, during an image build: starts `node ARGS...`, waits until it is ready, and stops it, to
 * fill NODE_COMPILE_CACHE for later starts. A program that cannot start fails the build. Set its ports to 0, since a
 * build may share the host's network.
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
  // Also loads what only a traced process needs. Nothing listens at this endpoint, and a start creates no spans.
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
