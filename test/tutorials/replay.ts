import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import type { System } from '@hotel/system';
import type { TracedSystem } from '@hotel/trace-test';

export const hasCurl = spawnSync('curl', ['--version'], { stdio: 'ignore' }).status === 0;

/**
 * Runs a command of a tutorial in a shell, with each standard port of the system replaced by its port in this run.
 * Returns its output. A refused request fails the command.
 */
export async function replay(command: string, system: System, { ports }: TracedSystem): Promise<string> {
  const standard = new Map(
    system.processes.flatMap((spec) => Object.entries(spec.ports)).map(([name, port]) => [port, name]),
  );
  const here = command.replace(/\b(localhost|127\.0\.0\.1):(\d+)/g, (_, host: string, port: string) => {
    const name = standard.get(Number(port));
    if (name === undefined) throw new Error(`${system.name} has no port ${port}: ${command}`);
    return `${host}:${ports[name]}`;
  });
  const script = `curl() { command curl --silent --show-error --fail-with-body "$@"; }\n${here}`;
  return (await promisify(execFile)('bash', ['-c', script])).stdout;
}
