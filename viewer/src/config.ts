import { LEVELS, type Level } from './log.ts';

export interface Config {
  /** '' listens on all interfaces, IPv6 and IPv4. */
  host: string;
  ports: Ports;
  maxSpans: number;
  maxBytes: number;
  logLevel: Level | 'silent';
  /** File that keeps traces across a restart; undefined: traces are not kept. */
  tracesFile: string | undefined;
}

/** Port by purpose; 0 selects a free one. */
export interface Ports {
  query: number;
  health: number;
  otlpGrpc: number;
  otlpHttp: number;
}

/** The environment variable of each port, for error messages. */
export const PORT_VARIABLES: Record<keyof Ports, string> = {
  query: 'VIEWER_PORT',
  health: 'VIEWER_HEALTH_PORT',
  otlpGrpc: 'OTLP_GRPC_PORT',
  otlpHttp: 'OTLP_HTTP_PORT',
};

const DEFAULT_MAX_SPANS = 100_000;
const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;

export type ConfigResult = { config: Config } | { problems: string[] };

/** Validates the whole environment, so that one message lists all problems. */
export function readConfig(env: Record<string, string | undefined> = process.env): ConfigResult {
  const problems: string[] = [];

  const whole = (name: string, fallback: number, min: number, max: number): number => {
    const text = env[name]?.trim() ?? '';
    if (text === '') return fallback;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    problems.push(`${name} is ${JSON.stringify(env[name])}: it should be a whole number from ${min} to ${max}`);
    return fallback;
  };
  const port = (purpose: keyof Ports, fallback: number): number => whole(PORT_VARIABLES[purpose], fallback, 0, 65_535);

  // The level names of pino, which the services use.
  const level = (env.LOG_LEVEL?.trim() || 'info').toLowerCase();
  const known = level === 'trace' ? 'debug' : level === 'fatal' ? 'error' : level;
  const logLevel = known === 'silent' ? known : LEVELS.find((name) => name === known);
  if (logLevel === undefined) {
    problems.push(
      `LOG_LEVEL is ${JSON.stringify(env.LOG_LEVEL)}: it should be one of trace, debug, info, warn, error, fatal, silent`,
    );
  }

  const config: Config = {
    host: env.HOTEL_HOST?.trim() ?? '',
    ports: {
      query: port('query', 16_686),
      health: port('health', 13_133),
      otlpGrpc: port('otlpGrpc', 4317),
      otlpHttp: port('otlpHttp', 4318),
    },
    maxSpans: whole('VIEWER_MAX_SPANS', DEFAULT_MAX_SPANS, 1, 10_000_000),
    maxBytes: whole('VIEWER_MAX_BYTES', DEFAULT_MAX_BYTES, 65_536, 2 ** 36),
    logLevel: logLevel ?? 'info',
    tracesFile: env.VIEWER_TRACES_FILE?.trim() || undefined,
  };
  return problems.length > 0 ? { problems } : { config };
}
