import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SystemError } from '../error.ts';

/** The virtual environment of the processes in Python, relative to the repository. */
const FOLDER = '.hotel/python';
/** The Python of the environment, for the `command` of a process. */
export const PYTHON = process.platform === 'win32' ? `${FOLDER}/Scripts/python.exe` : `${FOLDER}/bin/python`;
const OLDEST = [3, 11] as const;
const LIMIT_MS = 300_000;
const run = promisify(execFile);

export interface PythonOptions {
  /** Repository root. */
  root: string;
  /** The file with the pinned packages. */
  requirements: string;
  /** Called before the packages are installed. */
  announce?: ((text: string) => void) | undefined;
}

/**
 * Installs packages into the virtual environment, on the first use and after their list has changed.
 * @throws SystemError if Python is missing, too old, or cannot install them
 */
export async function preparePython({ root, requirements, announce }: PythonOptions): Promise<void> {
  const installed = join(root, FOLDER, 'requirements.txt');
  const wanted = await readFile(requirements, 'utf8');
  if (existsSync(join(root, PYTHON)) && (await readFile(installed, 'utf8').catch(() => '')) === wanted) return;
  const python = await findPython();
  announce?.(`Installing Python packages into ${FOLDER} (once; needs a network) ...`);
  await rm(join(root, FOLDER), { recursive: true, force: true });
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary', ':all:'];
  try {
    await run(python, ['-m', 'venv', join(root, FOLDER)], { timeout: LIMIT_MS });
    await run(join(root, PYTHON), [...pip, '-r', requirements], { timeout: LIMIT_MS });
  } catch (error) {
    const { stderr = '', stdout = '', message } = error as { stderr?: string; stdout?: string; message: string };
    const reason = (stderr || stdout || message).trim();
    throw new SystemError(
      `The Python packages could not be installed. On Debian and Ubuntu, venv is a separate package: apt install python3-venv.\n${reason}`,
    );
  }
  await writeFile(installed, wanted);
}

/** The first Python on PATH that is new enough. */
async function findPython(): Promise<string> {
  const found: string[] = [];
  for (const name of ['python3', 'python']) {
    const { stdout = '' } = await run(name, ['--version']).catch(() => ({ stdout: '' }));
    const [, major, minor] = /^Python (\d+)\.(\d+)/.exec(stdout) ?? [];
    if (Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1]) return name;
    if (stdout) found.push(stdout.trim());
  }
  const instead = found.length > 0 ? `PATH has only ${found.join(', ')}` : 'PATH has none';
  throw new SystemError(
    `Python ${OLDEST.join('.')} or newer is needed, but ${instead}. Install it, for instance with: apt install python3 python3-venv`,
  );
}
