import { expect, it } from 'vitest';
import { imageSettings } from './image.ts';

it.each(['dispo', 'cleaning'])('measures %s with the settings of its production image', (folder) => {
  const { nodeArgs, env } = imageSettings(folder);
  expect(nodeArgs).toContain('--expose-gc');
  expect(nodeArgs).not.toContain('--watch');
  expect(nodeArgs.every((flag) => /^--[\w-]+(=\w+)?$/.test(flag))).toBe(true);
  expect(env.NODE_ENV).toBe('production');
});

it('reports a folder without an image', () => {
  expect(() => imageSettings('bench')).toThrow(/bench\/Dockerfile/);
});
