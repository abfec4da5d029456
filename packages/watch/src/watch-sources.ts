import { existsSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { rememberContents } from './contents.ts';
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
 * Watches `src` and `migrations` of every folder and reports, a moment after the last change, which processes run what changed.
 * A file that is written again with the same content has not changed: two containers that share a volume each get a live
 * update of it. `users` maps a folder to those processes. Returns what ends the watching.
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
  // Read after the watching has begun: nothing that is written meanwhile is missed.
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
