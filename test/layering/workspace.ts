import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSource, type Source } from './source.ts';

/** A package of the workspace; the root is the one whose folder is ''. */
export interface Member {
  name: string;
  /** Relative to the root. */
  folder: string;
  dependencies: string[];
  devDependencies: string[];
  files: SourceFile[];
}

export interface SourceFile extends Source {
  /** Relative to the root. */
  path: string;
}

const SOURCES = '**/*.{ts,tsx,mts,js,mjs,cjs}';
const NOT_OURS = ['node_modules', '.git', '.hotel', 'coverage'];

/** Every member with its sources; a file belongs to the innermost one that it is in. */
export function readWorkspace(root: string): Member[] {
  const members = foldersOf(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8'), root).map((folder) =>
    readManifest(root, folder),
  );
  const exclude = (path: string) => NOT_OURS.some((name) => path.split('/').includes(name));
  for (const path of globSync(SOURCES, { cwd: root, exclude }).sort()) {
    const [owner] = members
      .filter(({ folder }) => isInside(path, folder))
      .sort((a, b) => b.folder.length - a.folder.length);
    const source = readFileSync(join(root, path), 'utf8');
    owner?.files.push({ path, ...readSource(path, source) });
  }
  return members;
}

export function isInside(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

function foldersOf(workspaceYaml: string, root: string): string[] {
  const [, list = ''] = /^packages:\n((?: +- .+\n)+)/m.exec(workspaceYaml) ?? [];
  const patterns = [...list.matchAll(/- +['"]?([^'"\n]+?)['"]?\n/g)].map(([, pattern]) => `${pattern}/package.json`);
  return [
    '',
    ...globSync(patterns, { cwd: root })
      .map((path) => path.slice(0, -'/package.json'.length))
      .sort(),
  ];
}

function readManifest(root: string, folder: string): Member {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
    name: string;
    dependencies?: Record<string, string>;
    devDependencies?: Record<string, string>;
  };
  return {
    name: manifest.name,
    folder,
    dependencies: Object.keys(manifest.dependencies ?? {}),
    devDependencies: Object.keys(manifest.devDependencies ?? {}),
    files: [],
  };
}
