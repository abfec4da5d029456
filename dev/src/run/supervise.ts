import { join } from 'node:path';
import {
  describeExit,
  type OutputLine,
  quoteLines,
  type System,
  startSystem,
  type UnexpectedExit,
} from '@hotel/system';
import { type Change, watchSources } from '@hotel/watch';
import { interruption } from '../cli/signals.ts';
import { colourByName, paint, type Terminal } from '../cli/terminal.ts';
import { addressesOf, describeServers, shortPath } from './addresses.ts';
import { explain } from './advice.ts';
import { createReloader } from './changes/reload.ts';
import { sourcesOf } from './changes/workspace.ts';
import { listenForControl } from './control/listener.ts';
import { createProcessControl } from './control/processes.ts';
import { checkRedis, externalCollector, queryUrlFor, TO_VIEWER, withoutViewer } from './external.ts';
import { removeData } from './fresh.ts';
import { externalBackend, viewerBackend } from './output/backend.ts';
import { banner } from './output/banner.ts';
import { renderLine } from './output/log-line.ts';
import { reportProgress } from './output/progress.ts';
import { lockData } from './run-file.ts';

export interface SuperviseOptions {
  system: System;
  root: string;
  dataDir: string;
  env: Readonly<Record<string, string | undefined>>;
  fresh: boolean;
  /** Added to every port that `env` does not set. */
  portOffset: number;
  watch: boolean;
  /** A private PostgreSQL instead of SQLite. */
  postgres: boolean;
  terminal: Terminal;
  write: (text: string) => void;
}

/**
 * Runs the system until a signal (returns 0) or until one of its processes exits (returns 1).
 * @throws CommandError when it does not start
 */
export async function supervise(options: SuperviseOptions): Promise<number> {
  try {
    return await run(options);
  } catch (error) {
    throw explain(error, options.dataDir);
  }
}

async function run(options: SuperviseOptions): Promise<number> {
  const { root, dataDir, env, terminal, write } = options;
  const startedAt = performance.now();
  const collector = externalCollector(env);
  const system = collector ? withoutViewer(options.system) : options.system;
  const names = [...system.processes.map(({ name }) => name), 'redis', ...(options.postgres ? ['postgres'] : [])];
  const print = (text: string) => write(`${paint(terminal, 'bold', text)}\n`);

  await using stack = new AsyncDisposableStack();
  const lock = stack.adopt(await lockData(dataDir), (held) => held.release());
  let kill = () => {};
  const interrupted = interruption(() => {
    kill();
    lock.release();
    process.exit(130);
  });
  stack.defer(() => interrupted.dispose());
  if (options.fresh) await removeData(dataDir);
  const givenRedis = system.redis && env.REDIS_URL ? await checkRedis(env.REDIS_URL) : undefined;

  const style = {
    terminal,
    nameWidth: Math.max(...names.map((name) => name.length)),
    colourOf: colourByName(names),
    traceUrl: (id: string) => backend?.pageOf(id) ?? '',
  };
  // The viewer's address is known after the start.
  let backend = collector ? externalBackend(collector, env) : undefined;
  const exited = Promise.withResolvers<UnexpectedExit>();
  const progress = reportProgress(
    system.processes.map(({ name }) => name),
    (text) => write(`${paint(terminal, 'dim', text)}\n`),
  );
  stack.defer(progress.end);
  const running = await startSystem(system, {
    root,
    dataDir,
    portOffset: options.portOffset,
    postgres: options.postgres ? 'durable' : undefined,
    env: {
      // Keeps the traces across runs.
      VIEWER_TRACES_FILE: join(dataDir, 'traces.jsonl'),
      ...(collector ? {} : TO_VIEWER),
      ...env,
      // Responses link to Jaeger's pages; Grafana's have other addresses.
      ...(backend ? { JAEGER_QUERY_URL: backend.name === 'jaeger' ? backend.url : '' } : {}),
    },
    announce: print,
    onReady: progress.ready,
    onLine: (line: OutputLine) => write(`${renderLine(line, style)}\n`),
    onUnexpectedExit: exited.resolve,
    signal: interrupted.signal,
  }).catch((error: unknown) => {
    if (interrupted.signal.aborted) return undefined;
    throw error;
  });
  if (!running) return 0;
  kill = running.kill;
  stack.defer(async () => void (await running.stop()));

  const { ports, urls } = running;
  backend ??= viewerBackend(ports.VIEWER_PORT);
  const control = createProcessControl(running, print);
  const listener = stack.use(await listenForControl(control.act));
  const queryUrl = collector ? queryUrlFor(collector, env) : urls.VIEWER_PORT;
  const addresses = addressesOf(running, { CONTROL_URL: listener.url, JAEGER_QUERY_URL: queryUrl });
  await lock.publish({ system: system.name, portOffset: options.portOffset, urls: addresses });
  const servers = describeServers(running, givenRedis);
  const shown = { system, ports, portOffset: options.portOffset, backend, env, ...servers, terminal };
  write(`\n${banner({ ...shown, dataDir: shortPath(dataDir) })}\n`);
  if (options.watch) {
    const reload = createReloader({ system: running, print, stopped: interrupted.signal });
    const onChange = ({ file, processes }: Change) => {
      const affected = processes.filter((name) => !control.isStopped(name));
      if (affected.length > 0) void reload({ file, processes: affected });
    };
    stack.defer(watchSources(root, await sourcesOf(system, root), onChange));
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const watching = options.watch ? 'watching the sources, ' : '';
  write(`${paint(terminal, 'green', 'ready')} in ${seconds} s; ${watching}Ctrl-C stops everything\n`);

  const ended = await Promise.race([exited.promise, aborted(interrupted.signal)]);
  if (!ended) {
    write(terminal.tty ? '\n' : '');
    print('stopping');
    return 0;
  }
  const { name, lastLines } = ended;
  print(`${name} exited with ${describeExit(ended)}; stopping the other processes.${quoteLines(lastLines)}`);
  return 1;
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
