import { z } from 'zod';

const port = 'a port number from 0 to 65535';
const url = 'a URL like http://127.0.0.1:9080';
const drain = 'a whole number of milliseconds from 0 to 60000';

/** Port to listen on; 0 picks a free one. */
export const portSchema = z.coerce.number(port).int(port).min(0, port).max(65_535, port);
/** The base URL of another service. No credentials: errors, spans and logs contain the URL. */
export const urlSchema = z
  .string(url)
  .refine((text) => /^https?:\/\/[^\s/]+/.test(text) && URL.canParse(text), url)
  .refine((text) => !hasCredentials(text), `${url}, without a name or a password`)
  // A path prefix is allowed: request paths are appended to it.
  .refine((text) => !/[?#]/.test(text), `${url}, without a query or a fragment`);
function hasCredentials(text: string): boolean {
  const { username = '', password = '' } = URL.parse(text) ?? {};
  return username + password !== '';
}

/** The base URL of the trace pages, without a trailing slash. Undefined: responses link to no trace. */
export const tracesUrlSchema = urlSchema.transform((text) => text.replace(/\/+$/, '')).optional();

/** Settings of every process. `LOG_LEVEL` is read and checked by the telemetry preload. */
export const processSchema = {
  HOTEL_DRAIN_MS: z.coerce
    .number(drain)
    .int(drain)
    .min(0, drain)
    .max(60_000, drain)
    .default(0)
    .describe('How long a process keeps serving after SIGTERM, so that clients move to other replicas'),
  HOTEL_HOST: z.string().optional().describe('Address to listen on; all interfaces if not set'),
  HOTEL_METRICS_PORT: portSchema
    .optional()
    .describe('Port that serves only `/metrics`, for a Prometheus that must not reach the internal API'),
  HOTEL_SHARE_PORTS: z
    .enum(['0', '1'])
    .default('0')
    .describe('`1` lets processes of one service share its ports (`SO_REUSEPORT`), where the kernel supports it'),
};

/** Thrown by `readConfig`; the message addresses the operator. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/**
 * Reads the environment. An empty variable counts as unset.
 * @throws ConfigError that names every missing or invalid variable and the expected value
 */
export function readConfig<T extends z.ZodType>(schema: T, env: NodeJS.ProcessEnv = process.env): z.infer<T> {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = schema.safeParse(set);
  if (result.success) return result.data;
  throw new ConfigError(describeProblems(result.error, set));
}

/** One line per variable, without values that may contain a secret. */
export function describeProblems(error: z.ZodError, env: Record<string, string | undefined>): string {
  const lines = error.issues.map(({ path, message }) => {
    const name = path.join('.');
    const value = env[name];
    if (value === undefined) return `  ${name} is not set; it should be ${expectation(message)}`;
    const shown = /URL|TOKEN|PASSWORD|SECRET/.test(name) ? 'its value' : JSON.stringify(value);
    return `  ${name}: ${shown} is invalid; it should be ${expectation(message)}`;
  });
  return ['The environment is invalid:', ...lines].join('\n');
}

/** The expected value: strips the prefix of zod's own messages (`Invalid option: expected one of ...`). */
export function expectation(message: string): string {
  return message.replace(/^Invalid (input|option): (expected )?/, '').replace(/, received .*$/, '');
}
