import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigError, describeProblems, portSchema, processSchema, readConfig, urlSchema } from './config.ts';

const schema = z.object({
  ...processSchema,
  DISPO_PORT: portSchema.default(8080),
  CLEANING_URL: urlSchema.default('http://127.0.0.1:9081'),
  TRACE_EDGE: z.enum(['continue', 'restart']).default('restart'),
});

/** The error that a process with this environment prints. */
function complaint(env: Record<string, string>, of: z.ZodType = schema): string {
  const { error } = of.safeParse(env);
  return error ? describeProblems(error, env) : 'nothing';
}

describe('the environment', () => {
  it('uses the default of an unset variable', () => {
    expect(readConfig(schema, {})).toEqual({
      DISPO_PORT: 8080,
      CLEANING_URL: 'http://127.0.0.1:9081',
      HOTEL_DRAIN_MS: 0,
      HOTEL_SHARE_PORTS: '0',
      TRACE_EDGE: 'restart',
    });
  });

  it('treats an empty variable as unset', () => {
    expect(readConfig(schema, { DISPO_PORT: '', TRACE_EDGE: '' })).toEqual(readConfig(schema, {}));
  });

  it('converts text to the type of the setting', () => {
    const config = readConfig(schema, {
      DISPO_PORT: '0',
      TRACE_EDGE: 'continue',
    });
    expect(config).toMatchObject({ DISPO_PORT: 0, TRACE_EDGE: 'continue' });
  });
});

describe('an invalid variable', () => {
  it('is rejected with a ConfigError', () => {
    expect(() => readConfig(schema, { DISPO_PORT: 'eighty' })).toThrow(ConfigError);
  });

  it.each([
    ['DISPO_PORT', 'eighty', 'DISPO_PORT: "eighty" is invalid; it should be a port number from 0 to 65535'],
    ['DISPO_PORT', '80.5', 'DISPO_PORT: "80.5" is invalid; it should be a port number from 0 to 65535'],
    ['DISPO_PORT', '-1', 'DISPO_PORT: "-1" is invalid; it should be a port number from 0 to 65535'],
    ['DISPO_PORT', '70000', 'DISPO_PORT: "70000" is invalid; it should be a port number from 0 to 65535'],
    ['TRACE_EDGE', 'both', 'TRACE_EDGE: "both" is invalid; it should be one of "continue"|"restart"'],
    [
      'CLEANING_URL',
      'cleaning:9081',
      'CLEANING_URL: its value is invalid; it should be a URL like http://127.0.0.1:9080',
    ],
    ['CLEANING_URL', 'http://', 'CLEANING_URL: its value is invalid; it should be a URL like http://127.0.0.1:9080'],
    [
      'CLEANING_URL',
      'http://cleaning:9081/?a=b',
      'CLEANING_URL: its value is invalid; it should be a URL like http://127.0.0.1:9080, without a query or a fragment',
    ],
  ])('%s=%s is reported with the expected value', (name, value, sentence) => {
    expect(complaint({ [name]: value })).toBe(`The environment is invalid:\n  ${sentence}`);
  });

  it('that may contain a secret is reported without its value', () => {
    const secrets = z.object({ HOTEL_API_TOKENS: z.string().min(99, 'long'), DB_PASSWORD: z.string().min(99, 'long') });
    const env = { HOTEL_API_TOKENS: 'hush', DB_PASSWORD: 'hush' };
    expect(complaint(env, secrets)).not.toContain('hush');
  });

  it.each(['http://hush@cleaning:9081', 'http://:hush@cleaning:9081', 'https://me:hush@cleaning/'])(
    'is a URL with a password, which is rejected without printing it: %s',
    (CLEANING_URL) => {
      expect(complaint({ CLEANING_URL })).toMatch(/CLEANING_URL: its value is invalid.* without a name or a password$/);
      expect(complaint({ CLEANING_URL })).not.toContain('hush');
    },
  );

  it('does not include a URL with an @ in its path', () => {
    expect(complaint({ CLEANING_URL: 'http://cleaning/@hush' })).toBe('nothing');
  });

  it('does not hide another one: each has a line', () => {
    const lines = complaint({ DISPO_PORT: 'x', TRACE_EDGE: 'x', CLEANING_URL: 'x' }).split('\n');
    expect(lines.slice(1).map((line) => line.trim().split(':')[0])).toEqual([
      'DISPO_PORT',
      'CLEANING_URL',
      'TRACE_EDGE',
    ]);
  });
});

it('a missing variable is reported with the expected value', () => {
  const required = z.object({ DISPO_INTERNAL_URL: urlSchema, WORKER_NAME: z.string() });
  expect(complaint({}, required).split('\n').slice(1)).toEqual([
    '  DISPO_INTERNAL_URL is not set; it should be a URL like http://127.0.0.1:9080',
    '  WORKER_NAME is not set; it should be string',
  ]);
});
