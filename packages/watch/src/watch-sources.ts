import { existsSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { rememberContents } from './contents.ts';
import { watchTree } from './watch-tree.ts';

const SETTLE_MS = 100;

/** Whether a process may run the file: not a test, and not a temporary file of an editor. */
export function isSource(file: string): boolean {
  const name = basename(file);
  return (
    /\.(ts|tsx|js|mjs|py|json|sql|css|html|proto)$/.test(name) && !/\.test\.tsx?$/.test(name) && !name.startsWith('.')
  );
}

export interface Change {
  /** The first changed file, relative to the root. */
  file: string;
  /** The processes that run changed files. */
  processes: string[];
}

/**
 * Watches `src` and `migrations` of every folder and reports, shortly after the last change, the affected processes.
 * A file rewritten with the same content has not changed: two containers that share a volume each receive a live
 * update of it. `users` maps a folder to its processes. Returns a function that stops watching.
 */
export function watchSources(
  root: string,
  users: ReadonlyMap<string, readonly string[]>,
  onChange: (change: Change) => void,
): () => void {
  const trees = [...users].flatMap(([folder, processes]) =>
    ['src', 'migrations']
      .map((name) => join(root, folder, name))
      .filter((path) => existsSync(path))
      .map((path) => ({ path, processes })),
  );
  const written = new Map<string, readonly string[]>();
  let timer: NodeJS.Timeout | undefined;

  const endings = trees.map(({ path, processes }) =>
    watchTree(path, (file) => {
      if (!isSource(file)) return;
      written.set(file, processes);
      clearTimeout(timer);
      timer = setTimeout(report, SETTLE_MS);
    }),
  );
  // Read after watching has started, so that no write is missed.
  const contents = rememberContents(
    trees.map(({ path }) => path),
    isSource,
  );

  function report(): void {
    const changed = [...written].filter(([file]) => contents.changed(file));
    written.clear();
    const [first] = changed;
    if (!first) return;
    onChange({ file: relative(root, first[0]), processes: [...new Set(changed.flatMap(([, names]) => names))] });
  }

  return () => {
    clearTimeout(timer);
    for (const end of endings) end();
  };
}
