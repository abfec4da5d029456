import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../manifests/kustomize.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** Folders of the workspace packages that a folder's package needs, of all levels. */
function packagesOf(folder: string, found = new Set<string>()): Set<string> {
  const { dependencies = {} } = JSON.parse(read(`${folder}/package.json`)) as { dependencies?: Record<string, string> };
  for (const [name, version] of Object.entries(dependencies)) {
    const path = `packages/${name.replace('@hotel/', '')}`;
    if (!version.startsWith('workspace:') || found.has(path)) continue;
    found.add(path);
    packagesOf(path, found);
  }
  return found;
}

describe.each(['dispo', 'cleaning', 'viewer'])('the Dockerfile of %s', (name) => {
  const text = read(`${name}/Dockerfile`);

  it('installs the manifests of exactly the packages that the service needs', () => {
    const copied = [...text.matchAll(/^COPY (packages\/[\w-]+)\/package\.json/gm)].map((match) => match[1]);
    expect(copied).toEqual([...packagesOf(name)].sort());
  });

  it('uses nothing that the classic builder lacks or that would be pulled behind its back', () => {
    expect(text).not.toMatch(/^# *syntax=|--link|<<|--mount/m);
    expect(text.match(/^FROM (\S+)/gm)).toEqual(['FROM ${NODE_IMAGE}', 'FROM ${NODE_IMAGE}', 'FROM base', 'FROM base']);
  });

  it('starts Node itself, as a user that is not root, and leaves health to the probes', () => {
    expect(text).toMatch(/^USER 1000:1000$/m);
    for (const [, entryPoint] of text.matchAll(/^ENTRYPOINT (.+)$/gm)) expect(entryPoint).toMatch(/^\["node"/);
    expect(text).not.toMatch(/HEALTHCHECK|pnpm start/);
  });

  it('installs with the pnpm that the repository is installed with', () => {
    const { packageManager } = JSON.parse(read('package.json')) as { packageManager?: string };
    const version = /^ARG PNPM_VERSION=(.+)$/m.exec(text)?.[1];
    expect(version).toMatch(/^12\.\d+\.\d+$/);
    if (packageManager) expect(packageManager).toBe(`pnpm@${version}`);
  });
});

it('the context of a build has no tests and no installed packages', () => {
  const lines = read('.dockerignore').split('\n');
  expect(lines).toEqual(expect.arrayContaining(['*', '**/node_modules', '**/test', '**/*.test.ts']));
  for (const line of lines.filter((one) => one.startsWith('!'))) {
    expect(existsSync(join(ROOT, line.slice(1))), line).toBe(true);
  }
});
