import { expect, it } from 'vitest';
import { processOf } from './testbed.ts';

it('starts a process with the flags of its image, followed by those of the question', () => {
  const { nodeArgs = [], env } = processOf('dispo', { nodeArgs: ['--cpu-prof'], env: { LOG_LEVEL: 'silent' } });
  expect(nodeArgs).toContain('--expose-gc');
  expect(nodeArgs.at(-1)).toBe('--cpu-prof');
  expect(env).toEqual({ LOG_LEVEL: 'silent', NODE_ENV: 'production' });
});

it('reports an unknown process', () => {
  expect(() => processOf('reception')).toThrow('the hotel has no process reception');
});
