import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

export interface Service {
  child: ChildProcess;
  /** Everything it has printed so far. */
  output(): string;
  /** Its exit code, once it has ended. */
  ended: Promise<number | null>;
  /** Resolves when it says that it is ready. */
  ready: Promise<void>;
}

/** Starts dispo as its `start` script does, in the environment of `env` and none else. */
export function startDispo(env: Record<string, string>): Service {
  const child = spawn(process.execPath, ['--import', '@hotel/telemetry/register', 'src/main.ts'], {
    cwd: resolve(import.meta.dirname, '..'),
    env: { HOTEL_HOST: '127.0.0.1', HOTEL_SQLITE_SYNCHRONOUS: 'NORMAL', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const isReady = Promise.withResolvers<void>();
  const listen = (data: Buffer) => {
    output += data;
    if (output.includes('"msg":"ready"')) isReady.resolve();
  };
  child.stdout?.on('data', listen);
  child.stderr?.on('data', listen);
  const ended = once(child, 'close').then(([code]) => {
    isReady.reject(new Error(`dispo ended before it was ready: ${output}`));
    return code as number | null;
  });
  // Who does not wait for it does not have to hear that it never came.
  isReady.promise.catch(() => {});
  return { child, output: () => output, ended, ready: isReady.promise };
}
