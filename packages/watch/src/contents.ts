import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Remembers the contents of files. */
export interface Contents {
  /** Whether a file has changed since the last call; remembers the new content. */
  changed(path: string): boolean;
}

/** @param folders every file in them that `isSource` accepts is read now */
export function rememberContents(folders: readonly string[], isSource: (path: string) => boolean): Contents {
  const known = new Map<string, string | undefined>();
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && isSource(path)) known.set(path, digestOf(path));
    }
  }
  return {
    changed(path) {
      const now = digestOf(path);
      if (known.get(path) === now) return false;
      known.set(path, now);
      return true;
    },
  };
}

/** Undefined when the file does not exist. */
function digestOf(path: string): string | undefined {
  try {
    return hash('sha1', readFileSync(path));
  } catch {
    return undefined;
  }
}
