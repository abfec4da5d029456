import { type Config, readConfig } from './config.ts';
import { ListenError } from './listen.ts';
import { createLog } from './log.ts';
import { createViewer } from './viewer.ts';

const USAGE = `Usage: viewer [--help]

Receives traces, logs and metrics over OTLP, keeps them in memory, and shows them in pages and through Jaeger's query
API. Ctrl-C or SIGTERM stops it.

  --help  print this text

Settings (environment variables) and their defaults (docs/viewer.md is the guide):
  VIEWER_PORT (16686), VIEWER_HEALTH_PORT (13133), OTLP_GRPC_PORT (4317), OTLP_HTTP_PORT (4318)
  HOTEL_HOST: the address to listen on (all interfaces)
  VIEWER_MAX_SPANS (100000), VIEWER_MAX_BYTES (268435456): limits; beyond them the oldest data is dropped
  VIEWER_TRACES_FILE: file that keeps traces across restarts (none)
  LOG_LEVEL (info)
`;

const args = process.argv.slice(2);
const result = readConfig();
// Not `process.exit`: it waits for V8's threads, and a compiling one may wait for this thread: a deadlock.
if (args.length > 0) explain(args);
else if ('config' in result) await run(result.config);
else refuse(`\n${result.problems.map((problem) => `  ${problem}`).join('\n')}`);

async function run({ host, ports, maxSpans, maxBytes, logLevel, tracesFile }: Config): Promise<void> {
  const log = createLog(logLevel, (line) => process.stdout.write(line));

  // Attached before anything listens, so that a signal during startup causes a clean shutdown.
  const stopping = new Promise<string>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve(signal));
  });

  try {
    const viewer = await createViewer({ host, ports, limits: { maxSpans, maxBytes }, log, tracesFile });
    log('info', 'listening', { ...viewer.ports, maxSpans, maxBytes });
    // The garbage of the startup, which an idle process would keep. Needs --expose-gc.
    globalThis.gc?.({ type: 'major', flavor: 'last-resort', execution: 'sync' });
    const signal = await stopping;
    log('info', 'stopping', { signal });
    await viewer.close();
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    refuse(` ${error.message}`);
  }
}

function explain(given: string[]): void {
  if (given.some((arg) => arg === '--help' || arg === '-h')) {
    process.stdout.write(USAGE);
    return;
  }
  process.stderr.write(`viewer takes no arguments, but was given '${given[0]}'.\n\n${USAGE}`);
  process.exitCode = 2;
}

function refuse(why: string): void {
  process.stderr.write(`viewer cannot start:${why}\n`);
  process.exitCode = 1;
}
