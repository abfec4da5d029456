import { posix } from 'node:path';

export interface Lockfile {
  importers: Record<string, { dependencies?: Record<string, { version: string }> }>;
  snapshots: Record<string, { dependencies?: Record<string, string>; optionalDependencies?: Record<string, string> }>;
}

/** A package in production, and the services that use it. */
export interface Installed {
  name: string;
  version: string;
  usedBy: string[];
}

/** The packages in the image of each folder according to the lockfile, including those of its workspace packages. */
export function productionPackages({ importers, snapshots }: Lockfile, folders: readonly string[]): Installed[] {
  const users = new Map<string, Set<string>>();
  for (const service of folders) {
    const seen = new Set<string>();
    const visitPackage = (name: string, version: string): void => {
      const id = `${name}@${version}`;
      if (seen.has(id)) return;
      seen.add(id);
      users.set(id, (users.get(id) ?? new Set()).add(service));
      const { dependencies = {}, optionalDependencies = {} } = snapshots[id] ?? {};
      for (const [next, nextVersion] of Object.entries({ ...dependencies, ...optionalDependencies })) {
        visitPackage(next, nextVersion);
      }
    };
    const visitFolder = (folder: string): void => {
      if (seen.has(folder)) return;
      seen.add(folder);
      for (const [name, { version }] of Object.entries(importers[folder]?.dependencies ?? {})) {
        if (version.startsWith('link:')) visitFolder(posix.join(folder, version.slice('link:'.length)));
        else visitPackage(name, version);
      }
    };
    visitFolder(service);
  }
  return [...users].map(([id, usedBy]) => ({ ...nameAndVersion(id), usedBy: [...usedBy] }));
}

/** Splits `@scope/name@1.2.3(peer@4.5.6)`. */
function nameAndVersion(id: string): { name: string; version: string } {
  const plain = id.replace(/\(.*$/, '');
  const at = plain.lastIndexOf('@');
  return { name: plain.slice(0, at), version: plain.slice(at + 1) };
}
