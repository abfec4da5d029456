import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { System } from '@hotel/system';

/**
 * The processes that run the sources of each folder: a process's own folder, and every workspace package that it imports,
 * directly or indirectly. Keys are folders relative to `root`.
 */
export async function sourcesOf(system: System, root: string): Promise<Map<string, string[]>> {
  const packages = await workspacePackages(root);
  const needs = new Map<string, string[]>();
  for (const { folder, names } of packages.values())
    needs.set(
      folder,
      names.map((name) => packages.get(name)?.folder ?? ''),
    );

  const users = new Map<string, string[]>();
  for (const { name, folder, traced } of system.processes) {
    const telemetry = packages.get('@hotel/telemetry')?.folder;
    const seen = new Set<string>();
    const owner = [...packages.values()].find((one) => folder.startsWith(`${one.folder}/`))?.folder;
    const visit = (at: string): void => {
      if (at === '' || seen.has(at)) return;
      seen.add(at);
      users.set(at, [...(users.get(at) ?? []), name]);
      for (const next of needs.get(at) ?? []) visit(next);
    };
    visit(folder);
    // Several systems may share one package (examples/): its shared sources and imports belong to each.
    if (owner) visit(owner);
    if (traced && telemetry) visit(telemetry);
  }
  return users;
}

async function workspacePackages(root: string): Promise<Map<string, { folder: string; names: string[] }>> {
  const inPackages = (await readdir(join(root, 'packages'))).map((name) => `packages/${name}`);
  const topLevel = (await readdir(root)).filter((name) => !name.startsWith('.') && name !== 'node_modules');
  const found = new Map<string, { folder: string; names: string[] }>();
  for (const folder of [...topLevel, ...inPackages]) {
    const text = await readFile(join(root, folder, 'package.json'), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const { name, dependencies = {} } = JSON.parse(text) as { name: string; dependencies?: Record<string, string> };
    const own = Object.keys(dependencies).filter((key) => dependencies[key]?.startsWith('workspace:'));
    found.set(name, { folder, names: own });
  }
  return found;
}
