import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const TIMEOUT_MS = 120_000;

/** The first executable called `name` on `searchPath`. */
export function which(name: string, searchPath: string): string | undefined {
  return searchPath
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
      } catch {
        return false;
      }
    });
}

export interface Output {
  ok: boolean;
  stdout: string;
  /** stdout and stderr, for messages. */
  text: string;
}

/** Runs a command and returns its result; does not reject on failure. */
export function run(
  command: string,
  args: readonly string[],
  { cwd, env, signal }: { cwd?: string; env: Readonly<Record<string, string>>; signal?: AbortSignal | undefined },
): Promise<Output> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env, signal, timeout: TIMEOUT_MS, maxBuffer: 16 << 20 }, (error, stdout, stderr) => {
      resolve({ ok: error === null, stdout, text: `${stdout}${stderr}`.trim() || (error?.message ?? '') });
    });
  });
}
