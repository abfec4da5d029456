import { existsSync, watch } from 'node:fs';
import { basename, join } from 'node:path';

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
  const watchers = [...users].flatMap(([folder, processes]) =>
    ['src', 'migrations']
      .map((name) => join(folder, name))
      .filter((path) => existsSync(join(root, path)))
      .map((path) =>
        watch(join(root, path), { recursive: true }, (_, name) => {
          if (!name || !isSource(name)) return;
          changed ??= { file: join(path, name), processes: new Set() };
          for (const process of processes) changed.processes.add(process);
          clearTimeout(timer);
          timer = setTimeout(flush, SETTLE_MS);
        }).on('error', () => {}),
      ),
  );
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
