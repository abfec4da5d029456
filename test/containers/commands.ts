import { type ExecFileOptions, execFile } from 'node:child_process';

/** Runs a command to completion. @returns its stdout. @throws with its whole output */
export function run(command: string, args: readonly string[], options: ExecFileOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { maxBuffer: 64 << 20, ...options }, (error, stdout, stderr) => {
      if (!error) return resolve(String(stdout));
      const output = `${stderr}${stdout}`.trim().split('\n').slice(-40).join('\n');
      reject(new Error(`${command} ${args.join(' ')} failed: ${output || error.message}`, { cause: error }));
    });
  });
}

export async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  return run(command, args).then(
    () => true,
    () => false,
  );
}
