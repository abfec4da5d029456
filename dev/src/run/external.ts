import { connect } from 'node:net';
import { type System, SystemError } from '@hotel/system';

type Environment = Readonly<Record<string, string | undefined>>;

/** The collector that the environment names, if any: then no viewer of ours is started. */
export function externalCollector(env: Environment): string | undefined {
  return env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT || undefined;
}

/** The system without what only receives spans. */
export function withoutViewer(system: System): System {
  return { ...system, processes: system.processes.filter(({ traced }) => traced) };
}

/** Where the traces can be read: `JAEGER_QUERY_URL`, else Jaeger's own port on the collector's host. */
export function queryUrlBeside(collector: string, env: Environment): string {
  if (env.JAEGER_QUERY_URL) return env.JAEGER_QUERY_URL.replace(/\/+$/, '');
  const host = URL.canParse(collector) ? new URL(collector).hostname : 'localhost';
  return `http://${host || 'localhost'}:16686`;
}

/** Throws a `SystemError` when nothing listens where `REDIS_URL` says. The URL may hold a password and is not shown whole. */
export async function checkRedis(redisUrl: string, timeoutMs = 2_000): Promise<string> {
  const advice = 'Start it, correct REDIS_URL, or leave REDIS_URL out to have a private one.';
  if (!URL.canParse(redisUrl)) throw new SystemError(`REDIS_URL is not a URL like redis://127.0.0.1:6379. ${advice}`);
  const { hostname, port } = new URL(redisUrl);
  const where = `${hostname}:${port || 6379}`;
  const problem = await new Promise<string | undefined>((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 6379) }, () => settle());
    const settle = (problem?: string) => {
      socket.destroy();
      resolve(problem);
    };
    socket.setTimeout(timeoutMs, () => settle('gives no answer'));
    socket.on('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
  });
  if (problem) throw new SystemError(`Redis at ${where} (REDIS_URL) cannot be reached: ${problem}. ${advice}`);
  return where;
}
