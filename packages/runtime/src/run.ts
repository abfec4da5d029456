import { createLogger, type Logger, withoutValues } from '@hotel/log';
import { shutdownTelemetry } from '@hotel/telemetry';
import { ConfigError } from './config.ts';
import { logConsole } from './console.ts';
import { drain } from './drain.ts';
import { listenForMetrics } from './metrics.ts';
import { explain } from './usage.ts';

/** Time limit for the last export of spans. */
const FLUSH_MS = 3_000;
/** How long a finished process may take to exit on its own. */
const LINGER_MS = 500;
/** Resources that are still open this long after a signal are abandoned. */
const LONGEST_SHUTDOWN_MS = 9_500;
/** Time limit for the export of spans after such a timeout. */
const LAST_FLUSH_MS = 400;

/** The settings that all processes share. */
interface ProcessConfig {
  HOTEL_DRAIN_MS?: number | undefined;
  HOTEL_HOST?: string | undefined;
  HOTEL_METRICS_PORT?: number | undefined;
}

/**
 * Runs a process from start to exit. With an argument it prints its usage instead. `loadConfig` reads the environment;
 * a `ConfigError` is printed and nothing is started. `start` opens resources and adds them to the stack; SIGTERM or
 * SIGINT closes them in reverse order (listeners and workers finish active work), exports the last spans, and the
 * process exits with 0. On SIGTERM it first keeps serving for `HOTEL_DRAIN_MS`. A failed start, a resource that cannot
 * be closed and an unhandled error are logged, and the process exits with 1.
 *
 * It exits by emptying the event loop: `process.exit` waits for V8's threads, and a compiling thread may deadlock with
 * it. Seen once in 330 processes that ended in their first second; https://github.com/nodejs/node/issues/54918.
 */
export async function run<Config extends ProcessConfig>(
  name: string,
  loadConfig: () => Config,
  start: (config: Config, resources: AsyncDisposableStack, log: Logger) => Promise<void>,
): Promise<void> {
  const explanation = await explain(name, process.argv.slice(1));
  if (explanation) {
    process[explanation.exitCode === 0 ? 'stdout' : 'stderr'].write(explanation.text);
    process.exitCode = explanation.exitCode;
    await shutdownTelemetry(FLUSH_MS);
    return;
  }
  let config: Config;
  try {
    config = loadConfig();
  } catch (error) {
    if (error instanceof ConfigError) process.stderr.write(`${error.message}\n`);
    else createLogger(process.env.OTEL_SERVICE_NAME || name).fatal({ err: error }, `could not start: ${textOf(error)}`);
    process.exitCode = 1;
    await shutdownTelemetry(FLUSH_MS);
    return;
  }
  const { HOTEL_METRICS_PORT: port, HOTEL_HOST: host, HOTEL_DRAIN_MS: drainMs = 0 } = config;
  await live(name, drainMs, async (resources, log) => {
    await start(config, resources, log);
    if (port !== undefined) resources.use(await listenForMetrics(port, host));
  });
}

/**
 * Collects the garbage of the startup, a third of the heap, which V8 would keep until the heap is full; an idle
 * process never fills it. Needs `--expose-gc`, which the images and `pnpm dev` set; takes some 50 ms.
 */
function collectStart(): void {
  globalThis.gc?.({ type: 'major', flavor: 'last-resort', execution: 'sync' });
}

/**
 * After an unhandled error the state of the process is unknown: logs the error, exports the spans that may explain it,
 * and exits with 1.
 */
function endWhenUnhandled(log: Logger): void {
  let isEnding = false;
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, async (error: unknown) => {
      const what = event === 'uncaughtException' ? 'uncaught exception' : 'unhandled rejection';
      log.fatal({ err: error }, `${what}: ${textOf(error)}`);
      if (isEnding) return;
      isEnding = true;
      await shutdownTelemetry(FLUSH_MS);
      process.exit(1);
    });
  }
}

const textOf = (error: unknown) => withoutValues(error).message;

/** Unwraps the nested SuppressedErrors that a stack of resources rejects with. */
function errorsOf(error: unknown): unknown[] {
  return error instanceof SuppressedError ? [...errorsOf(error.suppressed), error.error] : [error];
}

async function live(
  name: string,
  drainMs: number,
  start: (resources: AsyncDisposableStack, log: Logger) => Promise<void>,
): Promise<void> {
  const log = createLogger(process.env.OTEL_SERVICE_NAME || name);
  logConsole(log);
  endWhenUnhandled(log);
  const resources = new AsyncDisposableStack();
  // Attached before anything listens, so that a signal during startup does not leave a half-started process.
  const signalled = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve(signal));
  });
  try {
    await start(resources, log);
    log.info('ready');
    collectStart();
    const signal = await signalled;
    log.info({ signal }, 'closing');
    if (signal === 'SIGTERM' && drainMs > 0) await drain(drainMs);
  } catch (error) {
    log.fatal({ err: error }, `could not start: ${textOf(error)}`);
    process.exitCode = 1;
  }
  const shutdownTimeout = setTimeout(async () => {
    log.error('a resource did not close in time; exiting anyway');
    await shutdownTelemetry(LAST_FLUSH_MS);
    process.exit(1);
  }, LONGEST_SHUTDOWN_MS);
  // Keeps the process alive until here: with an empty event loop and a pending await, Node exits at once with 13.
  try {
    await resources.disposeAsync();
  } catch (error) {
    // The other resources are closed all the same.
    for (const one of errorsOf(error)) log.error({ err: one }, `could not close: ${textOf(one)}`);
    process.exitCode = 1;
  }
  shutdownTimeout.unref();
  if (await shutdownTelemetry(FLUSH_MS)) {
    log.info('closed');
    // Our resources are closed. Libraries may keep handles open: a gRPC resolver was seen to retry a lookup forever.
    setTimeout(() => process.exit(), LINGER_MS).unref();
    return;
  }
  log.warn('closed; the collector did not take the last spans in time');
  // Only the exporter's retries still keep the process alive, and their time is up.
  process.exit();
}
