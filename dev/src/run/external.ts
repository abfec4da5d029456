import { type System, SystemError } from '@hotel/system';

type Environment = Readonly<Record<string, string | undefined>>;

/** The collector in the environment, if any. The run then starts no viewer. */
export function externalCollector(env: Environment): string | undefined {
  return env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT || undefined;
}

/**
 * Logs and metrics for the viewer of the run, as often as somebody who watches its pages expects. Another collector may
 * accept only traces.
 */
export const TO_VIEWER = {
  OTEL_LOGS_EXPORTER: 'otlp',
  OTEL_BLRP_SCHEDULE_DELAY: '200',
  OTEL_METRICS_EXPORTER: 'otlp',
  OTEL_METRIC_EXPORT_INTERVAL: '5000',
};

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
  // Loaded on demand, since only a run with an existing Redis needs the client.
  const { connectOnce, RedisUrlError, RedisUnreachableError } = await import('@hotel/redis');
  try {
    await using redis = await connectOnce(redisUrl, REDIS_TIMEOUT_MS);
    return redis.address;
  } catch (error) {
    if (error instanceof RedisUrlError) {
      const isBare = /^[\w.-]+:\d+$/.test(redisUrl);
      const example = isBare ? `redis://${redisUrl}` : error.message.replace(/^a URL like /, '');
      // An invalid URL is not shown, because it may contain a password.
      throw new SystemError(
        `REDIS_URL${isBare ? `=${redisUrl}` : ''} is not a Redis URL. Write it like ${example}, ${advice}`,
      );
    }
    if (!(error instanceof RedisUnreachableError)) throw error;
    const { address, reason, isRejected } = error;
    throw new SystemError(
      isRejected
        ? `Redis at ${address} rejects the user and password of REDIS_URL: ${reason}. Correct it (redis://user:password@${address}), ${advice}`
        : `Redis at ${address} (REDIS_URL) cannot be reached: ${reason}. Start it, correct REDIS_URL, ${advice}`,
    );
  }
}
