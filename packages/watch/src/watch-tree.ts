import { type FSWatcher, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';

/**
 * Calls `onFile` for every file below `top` that is written, replaced, created or removed. Uses one watcher per folder:
 * Node's recursive watcher follows a file and loses it when an editor or git replaces it (seen with Node 24.21 on
 * Linux). Returns a function that stops watching.
 */
export function watchTree(top: string, onFile: (path: string) => void): () => void {
  const watchers = new Map<string, FSWatcher>();

  const forget = (folder: string): void => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };

  const follow = (folder: string, isNew: boolean): void => {
    // Throws for anything but a folder: `watch` would accept a file, which this must avoid.
    readdirSync(folder);
    if (watchers.has(folder)) return;
    const watcher = watch(folder, (_, name) => {
      if (name === null) return;
      const path = join(folder, name);
      if (followNew(path)) return;
      forget(path);
      onFile(path);
    });
    watcher.on('error', () => forget(folder));
    watchers.set(folder, watcher);
    // Read after watching has started, so that no new file is missed.
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) follow(path, isNew);
      else if (isNew) onFile(path);
    }
  };

  /** False when the path is not, or no longer, a folder. */
  const followNew = (path: string): boolean => {
    try {
      follow(path, true);
      return true;
    } catch {
      return false;
    }
  };

  follow(top, false);
  return () => {
    for (const folder of [...watchers.keys()]) forget(folder);
  };
}
