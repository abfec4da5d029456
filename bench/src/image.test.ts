import { expect, it } from 'vitest';
import { imageSettings } from './image.ts';

it.each(['dispo', 'cleaning'])('the settings of %s are those of its production image', (folder) => {
  const { nodeArgs, env } = imageSettings(folder);
  expect(nodeArgs).toContain('--expose-gc');
  expect(nodeArgs).not.toContain('--watch');
  expect(nodeArgs.every((flag) => /^--[\w-]+(=\w+)?$/.test(flag))).toBe(true);
  expect(env.NODE_ENV).toBe('production');
});

it('a folder without an image is told', () => {
  expect(() => imageSettings('bench')).toThrow(/bench\/Dockerfile/);
});
