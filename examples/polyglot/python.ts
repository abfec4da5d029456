import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SystemError } from '@hotel/system';

/** The virtual environment, relative to the repository. */
const FOLDER = '.hotel/python';
export const PYTHON = process.platform === 'win32' ? `${FOLDER}/Scripts/python.exe` : `${FOLDER}/bin/python`;
const OLDEST = [3, 11] as const;
const LIMIT_MS = 300_000;
const run = promisify(execFile);

/**
 * Installs the worker's packages into a virtual environment, on the first use and after their list has changed.
 * @throws SystemError if Python is missing, too old, or cannot install them
 */
export async function preparePython({
  root,
  announce,
}: {
  root: string;
  announce?: ((text: string) => void) | undefined;
}) {
  const list = join(import.meta.dirname, 'requirements.txt');
  const installed = join(root, FOLDER, 'requirements.txt');
  const wanted = await readFile(list, 'utf8');
  if (existsSync(join(root, PYTHON)) && (await readFile(installed, 'utf8').catch(() => '')) === wanted) return;
  const python = await findPython();
  announce?.(`Installing the Python packages of the worker into ${FOLDER} (once; needs a network) ...`);
  await rm(join(root, FOLDER), { recursive: true, force: true });
  try {
    await run(python, ['-m', 'venv', join(root, FOLDER)], { timeout: LIMIT_MS });
    const pip = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--only-binary',
      ':all:',
      '-r',
      list,
    ];
    await run(join(root, PYTHON), pip, { timeout: LIMIT_MS });
  } catch (error) {
    const { stderr = '', stdout = '', message } = error as { stderr?: string; stdout?: string; message: string };
    const reason = (stderr || stdout || message).trim();
    throw new SystemError(
      `The Python packages of the worker could not be installed. On Debian and Ubuntu, venv is a package of its own: apt install python3-venv.\n${reason}`,
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
  const instead = found.length > 0 ? `and finds only ${found.join(', ')}` : 'and finds none on PATH';
  throw new SystemError(
    `This example needs Python ${OLDEST.join('.')} or newer ${instead}. Install it, for instance with: apt install python3 python3-venv`,
  );
}
