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
  const url = /^\w+:\/\//.test(collector) ? collector : `http://${collector}`;
  const host = URL.canParse(url) ? new URL(url).hostname : 'localhost';
  // An address to listen on, which some give as one to connect to.
  return `http://${host === '0.0.0.0' ? 'localhost' : host}:16686`;
}

const REDIS_TIMEOUT_MS = 2_000;

/**
 * Where the Redis of `REDIS_URL` is, without its password. Throws a `SystemError` at once when the URL cannot be read, nothing
 * answers there, or it wants another password.
 */
export async function checkRedis(redisUrl: string): Promise<string> {
  const advice = 'or leave REDIS_URL out to have a private Redis.';
  if (!/^rediss?:\/\//.test(redisUrl) || !URL.canParse(redisUrl)) {
    const bare = /^[\w.-]+:\d+$/.test(redisUrl);
    const example = bare ? `redis://${redisUrl}` : 'redis://127.0.0.1:6379';
    // One that cannot be read is not shown: it may hold a password.
    throw new SystemError(
      `REDIS_URL${bare ? `=${redisUrl}` : ''} is not a Redis URL. Write it like ${example}, ${advice}`,
    );
  }
  const { hostname, port } = new URL(redisUrl);
  const where = `${hostname}:${port || 6379}`;
  const problem = await askRedis(redisUrl);
  if (problem === undefined) return where;
  const wrongPassword = /WRONGPASS|NOAUTH|NOPERM|AUTH/.test(problem);
  throw new SystemError(
    wrongPassword
      ? `Redis at ${where} does not accept the user and password of REDIS_URL: ${problem}. Correct it (redis://user:password@${where}), ${advice}`
      : `Redis at ${where} (REDIS_URL) cannot be reached: ${problem}. Start it, correct REDIS_URL, ${advice}`,
  );
}

/** What is wrong, or undefined when it answers. */
async function askRedis(url: string): Promise<string | undefined> {
  // Only a run with a Redis of the user's own needs the client.
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: REDIS_TIMEOUT_MS,
    commandTimeout: REDIS_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    retryStrategy: () => null,
  });
  let reason: string | undefined;
  redis.on('error', (error: NodeJS.ErrnoException) => {
    reason ??= error.code ?? error.message;
  });
  try {
    await redis.ping();
    return undefined;
  } catch (error) {
    const { message } = error as Error;
    return reason ?? (/timed? ?out/i.test(message) ? 'gives no answer' : message);
  } finally {
    redis.disconnect();
  }
}
