import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  freePorts,
  MEMORY_SAVING,
  type OutputLine,
  type RunningSystem,
  type StartOptions,
  type System,
  startSystem,
} from '@hotel/system';
import { type Sink, startSink } from './otlp/sink.ts';
import { createQueryClient, type QueryClient } from './query/query-client.ts';

export interface TracedOptions
  extends Pick<
    StartOptions,
    'env' | 'redisUrl' | 'postgres' | 'waitFor' | 'readyTimeoutMs' | 'onLine' | 'onUnexpectedExit'
  > {
  /** Default: the repository that this package is part of. */
  root?: string;
  /** Default: a new folder, removed by `stop`. A given folder is kept, so that a system can start on it again. */
  dataDir?: string;
}

/** A running system on free ports. Its spans can be read as they were sent, and from its viewer. */
export interface TracedSystem extends AsyncDisposable {
  readonly system: RunningSystem;
  /** What the processes sent. */
  readonly sink: Sink;
  /** The viewer's query API; the sink forwards everything it receives to the viewer. */
  readonly query: QueryClient;
  readonly ports: RunningSystem['ports'];
  readonly dataDir: string;
  /** `url('DISPO_PORT')` is `http://127.0.0.1:<port>`. */
  url(portName: string): string;
  /** Everything the processes have written so far. */
  lines(): OutputLine[];
  stop(): ReturnType<RunningSystem['stop']>;
}

/**
 * Starts a system on free ports with a separate data folder. Telemetry goes to a sink, which forwards it to the system's
 * viewer. `OTEL_EXPORTER_OTLP_ENDPOINT` in `env` takes precedence over the sink; an empty value turns telemetry off.
 */
export async function startTraced(system: System, options: TracedOptions = {}): Promise<TracedSystem> {
  const { root = join(import.meta.dirname, '../../..'), env = {}, dataDir: givenDir, onLine, ...rest } = options;
  await using undo = new AsyncDisposableStack();
  const dataDir = givenDir ?? (await mkdtemp(join(tmpdir(), `${system.name}-`)));
  if (givenDir === undefined) undo.defer(() => rm(dataDir, { recursive: true, force: true }));
  const viewerPort = await pinViewerPort(system, env);
  const sink = undo.use(await startSink(viewerPort ? { forwardTo: `http://127.0.0.1:${viewerPort}` } : {}));
  const lines: OutputLine[] = [];

  const running = await startSystem(withoutMemorySaving(system), {
    ...rest,
    root,
    dataDir,
    ports: 'free',
    env: { ...env, ...(viewerPort ? { OTLP_GRPC_PORT: String(viewerPort) } : {}) },
    otlpEndpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT ?? sink.endpoint,
    onLine(line) {
      lines.push(line);
      onLine?.(line);
    },
  });

  const resources = undo.move();
  const url = (portName: string) => {
    const found = running.urls[portName];
    if (found !== undefined) return found;
    throw new Error(`${system.name} has no port ${portName}. It has ${Object.keys(running.ports).join(', ')}.`);
  };
  const stop = async () => {
    const results = await running.stop();
    await resources.disposeAsync();
    return results;
  };
  return {
    system: running,
    sink,
    get query() {
      return createQueryClient(url('VIEWER_PORT'));
    },
    ports: running.ports,
    dataDir,
    url,
    lines: () => [...lines],
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}

/** Saving memory costs a seventh more CPU time per start, and tests start many processes. */
function withoutMemorySaving(system: System): System {
  const processes = system.processes.map(({ nodeArgs = [], ...spec }) => ({
    ...spec,
    nodeArgs: nodeArgs.filter((flag) => !MEMORY_SAVING.includes(flag)),
  }));
  return { ...system, processes };
}

/** Chosen before anything starts, so that the sink forwards from the first span on. Undefined when the system has no viewer. */
async function pinViewerPort(system: System, env: StartOptions['env']): Promise<number | undefined> {
  if (!system.processes.some(({ ports }) => 'OTLP_GRPC_PORT' in ports)) return undefined;
  if (env?.OTLP_GRPC_PORT) return Number(env.OTLP_GRPC_PORT);
  const [port] = await freePorts(1);
  return port;
}
