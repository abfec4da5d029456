import { expect, it } from 'vitest';
import { processOf } from './stand.ts';

it('a process has the flags of its image and, after them, those of a question', () => {
  const { nodeArgs = [], env } = processOf('dispo', { nodeArgs: ['--cpu-prof'], env: { LOG_LEVEL: 'silent' } });
  expect(nodeArgs).toContain('--expose-gc');
  expect(nodeArgs.at(-1)).toBe('--cpu-prof');
  expect(env).toEqual({ LOG_LEVEL: 'silent', NODE_ENV: 'production' });
});

it('a process that the hotel does not have is told', () => {
  expect(() => processOf('reception')).toThrow('the hotel has no process reception');
});
