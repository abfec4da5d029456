import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './machine/describe.ts';

export interface ImageSettings {
  /** Flags for Node: what stands before the preload in the last `ENTRYPOINT`. */
  nodeArgs: string[];
  /** All `ENV name=value`. */
  env: Record<string, string>;
}

/** What the production image of a folder's Dockerfile starts Node with. */
export function imageSettings(folder: string): ImageSettings {
  const file = join(root, folder, 'Dockerfile');
  const text = readFileSync(file, 'utf8');
  const entryPoint = [...text.matchAll(/^ENTRYPOINT (.+)$/gm)].at(-1)?.[1];
  if (!entryPoint) throw new Error(`${file} has no ENTRYPOINT`);
  const [, ...args] = JSON.parse(entryPoint) as string[];
  return {
    nodeArgs: args.slice(0, args.indexOf('--import')),
    env: Object.fromEntries(
      [...text.matchAll(/^ENV (\w+)=(\S+)$/gm)].map(([, name = '', value = '']) => [name, value]),
    ),
  };
}
