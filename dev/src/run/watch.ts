import { existsSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { watchTree } from './watch-tree.ts';

const SETTLE_MS = 100;

/** A file that a process runs: no test, and nothing that editors leave while they save. */
export function isSource(file: string): boolean {
  const name = basename(file);
  return (
    /\.(ts|tsx|js|mjs|json|sql|css|html|proto)$/.test(name) && !/\.test\.tsx?$/.test(name) && !name.startsWith('.')
  );
}

export interface Change {
  /** The first file that changed, relative to the root. */
  file: string;
  /** The processes that run what changed. */
  processes: string[];
}

/**
 * Watches `src` and `migrations` of every folder and tells, a moment after the last change, which processes run what changed.
 * `users` maps a folder to those processes. Returns what ends the watching.
 */
export function watchSources(
  root: string,
  users: ReadonlyMap<string, readonly string[]>,
  onChange: (change: Change) => void,
): () => void {
  let changed: { file: string; processes: Set<string> } | undefined;
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    const { file, processes } = changed as NonNullable<typeof changed>;
    changed = undefined;
    onChange({ file, processes: [...processes] });
  };
  const endings = [...users].flatMap(([folder, processes]) =>
    ['src', 'migrations']
      .map((name) => join(folder, name))
      .filter((path) => existsSync(join(root, path)))
      .map((path) =>
        watchTree(join(root, path), (changedFile) => {
          if (!isSource(changedFile)) return;
          changed ??= { file: relative(root, changedFile), processes: new Set() };
          for (const process of processes) changed.processes.add(process);
          clearTimeout(timer);
          timer = setTimeout(flush, SETTLE_MS);
        }),
      ),
  );
  return () => {
    clearTimeout(timer);
    for (const end of endings) end();
  };
}
