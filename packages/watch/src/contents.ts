import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Remembers what files contain. */
export interface Contents {
  /** Whether a file differs from when it was last looked at; the new content is remembered. */
  changed(path: string): boolean;
}

/** @param folders where every file that `isSource` accepts is read now. */
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

/** Undefined when there is no such file. */
function digestOf(path: string): string | undefined {
  try {
    return hash('sha1', readFileSync(path));
  } catch {
    return undefined;
  }
}
