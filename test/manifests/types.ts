import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './kustomize.ts';
import type { KubernetesObject } from './objects.ts';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

/** The module of `kubernetes-types` for an `apiVersion`. */
function moduleOf(apiVersion: string): string {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  return `${group?.replace(/\.k8s\.io$/, '')}/${version}`;
}

function declaration({ apiVersion, kind }: KubernetesObject, object: KubernetesObject, index: number): string {
  const types = dirname(require.resolve('kubernetes-types/package.json'));
  // The package does not say `stringData` and its like are optional in other kinds: what it has no type for is an error here too.
  const type = `import(${JSON.stringify(join(types, `${moduleOf(apiVersion)}.d.ts`))}).${kind}`;
  return `export const object${index}: ${type} = ${JSON.stringify(object, undefined, 1)};\n`;
}

/**
 * Checks objects with the TypeScript compiler against the types of the Kubernetes API: unknown fields, wrong types, missing fields.
 * @param overlays rendered objects by name.
 * @returns the compiler's errors, each with the line of its object.
 */
export async function typeProblems(overlays: Record<string, readonly KubernetesObject[]>): Promise<string[]> {
  const folder = join(ROOT, '.hotel', `manifest-types-${process.pid}`);
  await mkdir(folder, { recursive: true });
  try {
    const texts = new Map<string, string>();
    for (const [name, objects] of Object.entries(overlays)) {
      const text = objects.map((object, index) => declaration(object, object, index)).join('\n');
      texts.set(`${name}.ts`, text);
      await writeFile(join(folder, `${name}.ts`), text);
    }
    const compilerOptions = { strict: true, noEmit: true, skipLibCheck: true, types: [], module: 'esnext' };
    const config = { compilerOptions: { ...compilerOptions, moduleResolution: 'bundler' }, include: ['*.ts'] };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
    const output = await run(process.execPath, [tsc, '-p', folder, '--pretty', 'false']).then(
      () => '',
      ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
    );
    return output
      .split('\n')
      .filter((line) => /error TS/.test(line))
      .map((line) => withSource(line, texts));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function withSource(complaint: string, texts: ReadonlyMap<string, string>): string {
  const [, path = '', line = '1'] = /^(.*?)\((\d+),/.exec(complaint) ?? [];
  const source = texts.get(basename(path))?.split('\n')[Number(line) - 1]?.trim();
  return `${basename(path)}: ${source ?? ''} ${complaint.replace(/^.*?error /, '')}`;
}
