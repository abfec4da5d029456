import { z } from 'zod';

const port = 'a port number from 0 to 65535';
const url = 'a URL like http://127.0.0.1:9080';
const redisUrl = 'a URL like redis://127.0.0.1:6379';

/** A port of a listener; 0 asks for a free one. */
export const portSchema = z.coerce.number(port).int(port).min(0, port).max(65_535, port);
/** The base address of another service. Without a password in it: errors, and so spans and logs, tell the address. */
export const urlSchema = z
  .string(url)
  .refine((text) => /^https?:\/\/[^\s/]+/.test(text) && URL.canParse(text), url)
  .refine((text) => !hasCredentials(text), `${url}, without a name or a password`)
  // A path may be: what is asked for comes behind it.
  .refine((text) => !/[?#]/.test(text), `${url}, without a query or a fragment`);
function hasCredentials(text: string): boolean {
  const { username = '', password = '' } = URL.parse(text) ?? {};
  return username + password !== '';
}

/** Where a person looks at traces, without the slash at its end: answers link there. Undefined: they link nowhere. */
export const tracesUrlSchema = urlSchema.transform((text) => text.replace(/\/+$/, '')).optional();

/** Where Redis is: `redis://host:port`, with a password `redis://:password@host:port`; `rediss:` for TLS. */
export const redisUrlSchema = z
  .string(redisUrl)
  .refine((text) => /^rediss?:\/\/\S+/.test(text) && URL.canParse(text), redisUrl);

/** What every process reads, besides its own: where it listens. (`LOG_LEVEL` is a setting of telemetry, checked by its preload.) */
export const processSchema = {
  /** The address to bind; all interfaces where it is not set. */
  HOTEL_HOST: z.string().optional(),
  /** A port that answers `/metrics` and nothing else, for a Prometheus that may not reach the internal API; none where it is not set. */
  HOTEL_METRICS_PORT: portSchema.optional(),
};

/** Thrown by `readConfig`; its message is for whoever set the environment. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/**
 * Reads the environment. Throws a `ConfigError` that names every variable that is missing or wrong with what it should be. An
 * empty variable counts as not set.
 */
export function readConfig<T extends z.ZodType>(schema: T, env: NodeJS.ProcessEnv = process.env): z.infer<T> {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = schema.safeParse(set);
  if (result.success) return result.data;
  throw new ConfigError(describeProblems(result.error, set));
}

/** One line for each variable; a value is shown unless it may hold a secret. */
export function describeProblems(error: z.ZodError, env: Record<string, string | undefined>): string {
  const lines = error.issues.map(({ path, message }) => {
    const name = path.join('.');
    const value = env[name];
    if (value === undefined) return `  ${name} is not set; it should be ${expectation(message)}`;
    const shown = /URL|TOKEN|PASSWORD|SECRET/.test(name) ? 'its value' : JSON.stringify(value);
    return `  ${name}: ${shown} is not right; it should be ${expectation(message)}`;
  });
  return ['The environment is not right:', ...lines].join('\n');
}

/** zod's own messages (`Invalid option: expected one of ...`) as the end of a sentence; ours are that already. */
function expectation(message: string): string {
  return message.replace(/^Invalid (input|option): (expected )?/, '').replace(/, received .*$/, '');
}
