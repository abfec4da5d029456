import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ROOT } from '../kustomize.ts';
import type { KubernetesObject } from '../objects.ts';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

/** The type of a kind, as an expression. `kubernetes-types` describes the API of Kubernetes, not its extensions. */
function typeOf({ apiVersion, kind }: KubernetesObject): string {
  if (apiVersion === 'keda.sh/v1alpha1') {
    const module = fileURLToPath(import.meta.resolve('@kubernetes-models/keda/keda.sh/v1alpha1'));
    return `import(${JSON.stringify(module)}).I${kind}`;
  }
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  const types = dirname(require.resolve('kubernetes-types/package.json'));
  const module = join(types, `${group?.replace(/\.k8s\.io$/, '')}/${version}.d.ts`);
  return `import(${JSON.stringify(module)}).${kind}`;
}

function declaration(object: KubernetesObject, index: number): string {
  return `export const object${index}: ${typeOf(object)} = ${JSON.stringify(object, undefined, 1)};\n`;
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
      const text = objects.map(declaration).join('\n');
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
