import { type System, SystemError } from '@hotel/system';

type Environment = Readonly<Record<string, string | undefined>>;

/** The collector in the environment, if any. The run then starts no viewer. */
export function externalCollector(env: Environment): string | undefined {
  return env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT || undefined;
}

/** The system without its viewer. */
export function withoutViewer(system: System): System {
  return { ...system, processes: system.processes.filter(({ traced }) => traced) };
}

/** URL for reading the traces: `JAEGER_QUERY_URL`, else Jaeger's default port on the collector's host. */
export function queryUrlFor(collector: string, env: Environment): string {
  if (env.JAEGER_QUERY_URL) return env.JAEGER_QUERY_URL.replace(/\/+$/, '');
  const url = /^\w+:\/\//.test(collector) ? collector : `http://${collector}`;
  const host = URL.canParse(url) ? new URL(url).hostname : 'localhost';
  // An address to listen on, sometimes used as an address to connect to.
  return `http://${host === '0.0.0.0' ? 'localhost' : host}:16686`;
}

const REDIS_TIMEOUT_MS = 2_000;

/**
 * Checks the Redis of `REDIS_URL` and returns its host and port.
 * @throws SystemError when the URL is invalid, Redis cannot be reached, or it rejects the credentials
 */
export async function checkRedis(redisUrl: string): Promise<string> {
  const advice = 'or unset REDIS_URL to use a private Redis.';
  if (!/^rediss?:\/\//.test(redisUrl) || !URL.canParse(redisUrl)) {
    const bare = /^[\w.-]+:\d+$/.test(redisUrl);
    const example = bare ? `redis://${redisUrl}` : 'redis://127.0.0.1:6379';
    // An invalid URL is not shown, because it may contain a password.
    throw new SystemError(
      `REDIS_URL${bare ? `=${redisUrl}` : ''} is not a Redis URL. Write it like ${example}, ${advice}`,
    );
  }
  const { hostname, port } = new URL(redisUrl);
  const where = `${hostname}:${port || 6379}`;
  const problem = await pingRedis(redisUrl);
  if (problem === undefined) return where;
  const wrongPassword = /WRONGPASS|NOAUTH|NOPERM|AUTH/.test(problem);
  throw new SystemError(
    wrongPassword
      ? `Redis at ${where} rejects the user and password of REDIS_URL: ${problem}. Correct it (redis://user:password@${where}), ${advice}`
      : `Redis at ${where} (REDIS_URL) cannot be reached: ${problem}. Start it, correct REDIS_URL, ${advice}`,
  );
}

/** Returns the problem, or undefined if Redis answers. */
async function pingRedis(url: string): Promise<string | undefined> {
  // Loaded on demand, since only a run with an existing Redis needs the client.
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
