import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hotel } from 'dev/system';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../manifests/kustomize.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** Folders of the workspace packages that a package needs, transitively. */
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

describe.each(['dispo', 'cleaning', 'viewer', 'examples'])('the Dockerfile of %s', (name) => {
  const text = read(`${name}/Dockerfile`);

  it('copies the manifests of exactly the packages that the service needs', () => {
    const copied = [...text.matchAll(/^COPY (packages\/[\w-]+)\/package\.json/gm)].map((match) => match[1]);
    expect(copied).toEqual([...packagesOf(name)].sort());
  });

  it('pulls only the base image, and caches what pnpm downloads across builds', () => {
    expect(text).not.toMatch(/^# *syntax=|--link|<</m);
    const stages = new Set([...text.matchAll(/ AS (\S+)$/gm)].map(([, stage]) => stage));
    const bases = new Set([...text.matchAll(/^FROM (\S+)/gm)].map(([, base = '']) => base));
    expect([...bases].filter((base) => !stages.has(base))).toEqual(['${NODE_IMAGE}']);
    expect(text).toMatch(/^RUN --mount=type=cache,id=pnpm,target=(\S+) pnpm install .*--store-dir \1 /m);
  });

  it('starts Node directly as a non-root user, and leaves health to the probes', () => {
    expect(text).toMatch(/^USER 1000:1000$/m);
    for (const [, entryPoint] of text.matchAll(/^ENTRYPOINT (.+)$/gm)) expect(entryPoint).toMatch(/^\["node"/);
    expect(text).not.toMatch(/HEALTHCHECK|pnpm start/);
  });

  it('installs with the pnpm version of the repository', () => {
    const { packageManager } = JSON.parse(read('package.json')) as { packageManager?: string };
    const version = /^ARG PNPM_VERSION=(.+)$/m.exec(text)?.[1];
    expect(version).toMatch(/^12\.\d+\.\d+$/);
    expect(packageManager).toMatch(new RegExp(`^pnpm@${version}\\+sha512\\.[0-9a-f]{128}$`));
  });
});

it.each(['dispo', 'cleaning'])('the Dockerfile of %s rehearses each start with the flags of that start', (name) => {
  const stages = read(`${name}/Dockerfile`)
    .split(/^FROM base /m)
    .slice(1);
  expect(stages).toHaveLength(2);
  for (const stage of stages) {
    const entryPoint = JSON.parse(/^ENTRYPOINT (.+)$/m.exec(stage)?.[1] ?? '[]') as string[];
    const flags = entryPoint.filter((part) => part !== 'node' && !part.endsWith('/watch/src/main.ts')).join(' ');
    const rehearsed = [...stage.matchAll(/node \S+\/rehearse\.ts (.+) (src\/\S+\.ts)/g)];
    for (const [, actual] of rehearsed) expect(actual).toBe(flags);
    const entries = rehearsed.map((match) => match[2]);
    expect(entries).toEqual(hotel.processes.filter(({ folder }) => folder === name).map(({ entry }) => entry));
  }
});

describe('the Dockerfile of the worker in Python', () => {
  const text = read('examples/polyglot/Dockerfile');

  it('pulls only the base image, and installs the pinned packages with a cache', () => {
    expect(text).not.toMatch(/^# *syntax=|--link|<</m);
    expect(new Set(text.match(/^FROM (\S+)/gm))).toEqual(new Set(['FROM ${PYTHON_IMAGE}']));
    expect(text).toMatch(/^RUN --mount=type=cache,id=pip,target=\S+ .*pip install --only-binary :all: --requirement /m);
    for (const line of read('examples/polyglot/requirements.txt').trim().split('\n').slice(1)) {
      expect(line).toMatch(/^[\w-]+==[\w.]+$/);
    }
  });

  it('starts the worker directly as a non-root user, and leaves health to the probes', () => {
    expect(text).toMatch(/^USER 1000:1000$/m);
    expect(text).toMatch(/^ENTRYPOINT \["\/app\/venv\/bin\/python", "src\/worker\.py"\]$/m);
    expect(text).not.toMatch(/HEALTHCHECK/);
    expect(existsSync(join(ROOT, 'examples/polyglot/src/worker.py'))).toBe(true);
  });
});

it('excludes tests and installed packages from the build context', () => {
  const lines = read('.dockerignore').split('\n');
  expect(lines).toEqual(expect.arrayContaining(['*', '**/node_modules', '**/test', '**/*.test.ts']));
  for (const line of lines.filter((one) => one.startsWith('!'))) {
    expect(existsSync(join(ROOT, line.slice(1))), line).toBe(true);
  }
});
