import { createLogger, type Logger, shutdownTelemetry, withoutValues } from '@hotel/telemetry';
import { ConfigError } from './config.ts';
import { logConsole } from './console.ts';
import { listenForMetrics } from './metrics.ts';
import { explain } from './usage.ts';

/** How long spans may take to leave at the end. */
const FLUSH_MS = 3_000;
/** How long a process that is done may take to end by itself. */
const LINGER_MS = 500;
/** What has not closed for longer than this after a signal is left as it is. */
const LONGEST_SHUTDOWN_MS = 9_500;
/** How long the spans of what did close may then take to leave. */
const LAST_FLUSH_MS = 400;

/** Of what a process reads, what is for every process the same. */
interface ProcessConfig {
  HOTEL_HOST?: string | undefined;
  HOTEL_METRICS_PORT?: number | undefined;
}

/**
 * The life of a process. One that is given an argument explains itself instead. `loadConfig` reads the environment; a `ConfigError`
 * is printed, and nothing is started. `start` opens what is needed and hands it to the stack; on SIGTERM or SIGINT it is closed in
 * reverse order (listeners and workers finish what they have begun), the last spans leave, and the process ends by itself with 0. A
 * start that fails, a resource that cannot be closed and an error that nothing handles are logged, and the process ends with 1.
 *
 * By itself: `process.exit` waits for V8's threads, and one that is compiling may wait for this one, for ever. Seen once in 330
 * processes that ended in their first second; https://github.com/nodejs/node/issues/54918.
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
  await live(name, async (resources, log) => {
    await start(config, resources, log);
    const { HOTEL_METRICS_PORT: port, HOTEL_HOST: host } = config;
    if (port !== undefined) resources.use(await listenForMetrics(port, host));
  });
}

/**
 * What the start leaves behind is a third of what the process then holds: V8 does not collect it before the heap is full, and an idle
 * process never fills it. Only with `--expose-gc`, which the images set; it takes some 50 ms.
 */
function collectStart(): void {
  globalThis.gc?.({ type: 'major', flavor: 'last-resort', execution: 'sync' });
}

/**
 * An error that nothing has handled leaves the process in a state that nobody knows: it is logged, the spans that may tell how it
 * came about leave, and the process ends with 1.
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

/** A stack of resources rejects with the last error, around all that came before it. */
function errorsOf(error: unknown): unknown[] {
  return error instanceof SuppressedError ? [...errorsOf(error.suppressed), error.error] : [error];
}

async function live(
  name: string,
  start: (resources: AsyncDisposableStack, log: Logger) => Promise<void>,
): Promise<void> {
  const log = createLogger(process.env.OTEL_SERVICE_NAME || name);
  logConsole(log);
  endWhenUnhandled(log);
  const resources = new AsyncDisposableStack();
  // Attached before anything listens: a signal during the start must not leave half a process behind.
  const signalled = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve(signal));
  });
  try {
    await start(resources, log);
    log.info('ready');
    collectStart();
    const signal = await signalled;
    log.info({ signal }, 'closing');
  } catch (error) {
    log.fatal({ err: error }, `could not start: ${textOf(error)}`);
    process.exitCode = 1;
  }
  const patience = setTimeout(async () => {
    log.error('something did not close in time; ending anyway');
    await shutdownTelemetry(LAST_FLUSH_MS);
    process.exit(1);
  }, LONGEST_SHUTDOWN_MS);
  // Until here it keeps the process alive: one that waits for what nothing can bring about any more Node ends at once, with 13.
  try {
    await resources.disposeAsync();
  } catch (error) {
    // The others have been closed all the same.
    for (const one of errorsOf(error)) log.error({ err: one }, `could not close: ${textOf(one)}`);
    process.exitCode = 1;
  }
  patience.unref();
  if (await shutdownTelemetry(FLUSH_MS)) {
    log.info('closed');
    // Nothing is left to lose. What can still be open is not ours: a resolver of gRPC was seen to look up a name for ever.
    setTimeout(() => process.exit(), LINGER_MS).unref();
    return;
  }
  log.warn('closed; the collector did not take the last spans in time');
  // Only the exporter's own retries keep the process alive now, and they have had their time.
  process.exit();
}
