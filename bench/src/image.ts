import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './machine/describe.ts';

export interface ImageSettings {
  /** Node's flags: everything before the preload in the last `ENTRYPOINT`. */
  nodeArgs: string[];
  /** All `ENV name=value` lines, except for paths inside the image. */
  env: Record<string, string>;
}

/** The settings with which a folder's production image starts Node. */
export function imageSettings(folder: string): ImageSettings {
  const file = join(root, folder, 'Dockerfile');
  const text = readFileSync(file, 'utf8');
  const entryPoint = [...text.matchAll(/^ENTRYPOINT (.+)$/gm)].at(-1)?.[1];
  if (!entryPoint) throw new Error(`${file} has no ENTRYPOINT`);
  const [, ...args] = JSON.parse(entryPoint) as string[];
  return {
    nodeArgs: args.slice(0, args.indexOf('--import')),
    env: Object.fromEntries(
      [...text.matchAll(/^ENV (\w+)=([^\s/]\S*)$/gm)].map(([, name = '', value = '']) => [name, value]),
    ),
  };
}
