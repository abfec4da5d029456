import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../manifests/kustomize.ts';

const run = promisify(execFile);
/** Where Debian's golang-starlark-dev installs Starlark; no module is fetched. */
const GOPATH = '/usr/share/gocode';

export interface Call {
  call: string;
  args: unknown[];
  kwargs: Record<string, unknown>;
}

export interface TiltInput {
  settings: Record<string, string | boolean>;
  context: string;
  subcommand: 'up' | 'ci';
  /** The rendered objects of each folder that exists. */
  objects: Record<string, unknown>;
}

/** Runs the Tiltfile. @returns its calls to Tilt, in order. @throws with its error message. */
export type ExecuteTiltfile = (input: TiltInput) => Promise<Call[]>;

/** Uses Starlark, or else Python, which also accepts code that Starlark rejects. Undefined if neither is installed. */
export async function locateStarlark(): Promise<ExecuteTiltfile | undefined> {
  if (existsSync(join(GOPATH, 'src/go.starlark.net'))) {
    const program = await build().catch((error: Error) =>
      console.warn(`Go could not build the runner: ${error.message}`),
    );
    if (program) return execute(program, []);
  }
  const hint = 'apt-get install golang-go golang-starlark-dev';
  const hasPython = await run('python3', ['--version']).then(Boolean, () => false);
  if (hasPython) {
    console.warn(`Python runs the Tiltfile instead of Starlark, which is stricter (${hint}).`);
    return execute('python3', [join(import.meta.dirname, 'run.py')]);
  }
  console.warn(`SKIPPED: the Tiltfile was not executed: neither Starlark (${hint}) nor python3 is installed.`);
  return undefined;
}

async function build(): Promise<string> {
  const folder = join(ROOT, '.hotel/tiltfile');
  await mkdir(folder, { recursive: true });
  const program = join(folder, 'run');
  const source = join(import.meta.dirname, 'run.go');
  if (existsSync(program) && statSync(program).mtimeMs > statSync(source).mtimeMs) return program;
  const env = { PATH: process.env.PATH, HOME: folder, GOPATH, GO111MODULE: 'off', GOCACHE: join(folder, 'cache') };
  const go = existsSync('/usr/bin/go') ? '/usr/bin/go' : 'go';
  await run(go, ['build', '-o', program, source], { env });
  return program;
}

function execute(program: string, args: string[]): ExecuteTiltfile {
  return async (input) => {
    const child = run(program, [...args, join(ROOT, 'Tiltfile')], { maxBuffer: 16 << 20 });
    child.child.stdin?.end(JSON.stringify(input));
    const { stdout } = await child.catch((error: { stderr?: string }) => {
      throw new Error(error.stderr?.trim() || String(error));
    });
    return JSON.parse(stdout) as Call[];
  };
}
