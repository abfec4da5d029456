import { relative } from 'node:path';
import {
  describeExit,
  type OutputLine,
  quoteLines,
  type System,
  startSystem,
  type UnexpectedExit,
} from '@hotel/system';
import { watchSources } from '@hotel/watch';
import { interruption } from '../cli/signals.ts';
import { colourByName, paint, type Terminal } from '../cli/terminal.ts';
import { traceStore } from '../trace/trace-store.ts';
import { type BannerInput, banner } from './banner.ts';
import { checkRedis, externalCollector, queryUrlBeside, withoutViewer } from './external.ts';
import { removeData } from './fresh.ts';
import { renderLine } from './log-line.ts';
import { createReloader } from './reload.ts';
import { lockData } from './run-file.ts';
import { sourcesOf } from './workspace.ts';

export interface SuperviseOptions {
  system: System;
  root: string;
  dataDir: string;
  env: Readonly<Record<string, string | undefined>>;
  fresh: boolean;
  /** What to say about it once it runs. Default: the hotel's banner. */
  describe?: (facts: BannerInput) => string;
  watch: boolean;
  terminal: Terminal;
  write: (text: string) => void;
}

/** Runs the system until a signal ends it (0), or until one of its processes ends by itself (1). */
export async function supervise(options: SuperviseOptions): Promise<number> {
  const { root, dataDir, env, terminal, write, describe = banner } = options;
  const startedAt = performance.now();
  const collector = externalCollector(env);
  const system = collector ? withoutViewer(options.system) : options.system;
  const names = [...system.processes.map(({ name }) => name), 'redis'];
  const say = (text: string) => write(`${paint(terminal, 'bold', text)}\n`);

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
    traceUrl: (id: string) => store?.pageOf(id) ?? '',
  };
  // The viewer's address is known when it runs.
  let store = collector ? traceStore(env, queryUrlBeside(collector, env)) : undefined;
  const died = Promise.withResolvers<UnexpectedExit>();
  const running = await startSystem(system, {
    root,
    dataDir,
    // Answers link to Jaeger's pages; Grafana's have other addresses.
    env: store ? { ...env, JAEGER_QUERY_URL: store.name === 'jaeger' ? store.url : '' } : env,
    announce: say,
    onLine: (line: OutputLine) => write(`${renderLine(line, style)}\n`),
    onUnexpectedExit: died.resolve,
    signal: interrupted.signal,
  }).catch((error: unknown) => {
    if (interrupted.signal.aborted) return undefined;
    throw error;
  });
  if (!running) return 0;
  kill = running.kill;
  stack.defer(async () => void (await running.stop()));

  const { ports, urls } = running;
  store ??= traceStore({}, `http://localhost:${ports.VIEWER_PORT}`);
  const traces = { store: collector ? store.name : ('viewer' as const), searchPage: store.searchPage };
  await lock.publish(system.name, {
    ...(urls.DISPO_PORT ? { DISPO_URL: urls.DISPO_PORT } : {}),
    ...(urls.CLEANING_PORT ? { CLEANING_URL: urls.CLEANING_PORT } : {}),
    JAEGER_QUERY_URL: collector ? queryUrlBeside(collector, env) : (urls.VIEWER_PORT as string),
    ...(urls.DISPO_INTERNAL_PORT ? { DISPO_INTERNAL_URL: urls.DISPO_INTERNAL_PORT } : {}),
    ...(urls.CLEANING_INTERNAL_PORT ? { CLEANING_INTERNAL_URL: urls.CLEANING_INTERNAL_PORT } : {}),
    ...(running.env.REDIS_URL ? { REDIS_URL: running.env.REDIS_URL } : {}),
    ...(running.env.HOTEL_QUEUE_PREFIX ? { HOTEL_QUEUE_PREFIX: running.env.HOTEL_QUEUE_PREFIX } : {}),
  });
  const redis = running.redis ? `${running.redis.url} (${running.redis.how})` : `${givenRedis} (REDIS_URL)`;
  const shownData = relative(process.cwd(), dataDir) || dataDir;
  write(`\n${describe({ system, ports, traces, redis, dataDir: shownData, terminal })}\n`);
  if (options.watch) {
    const reload = createReloader({ system: running, say, stopped: interrupted.signal });
    stack.defer(watchSources(root, await sourcesOf(system, root), (change) => void reload(change)));
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const watching = options.watch ? 'watching the sources, ' : '';
  write(`${paint(terminal, 'green', 'ready')} in ${seconds} s; ${watching}Ctrl-C ends everything\n`);

  const death = await Promise.race([died.promise, aborted(interrupted.signal)]);
  if (!death) {
    write(terminal.tty ? '\n' : '');
    say('stopping');
    return 0;
  }
  const { name, lastLines } = death;
  say(`${name} ended by itself with ${describeExit(death)}, so the rest is stopped.${quoteLines(lastLines)}`);
  return 1;
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
