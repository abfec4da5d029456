import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

export interface Service {
  child: ChildProcess;
  /** All output so far. */
  output(): string;
  /** Exit code, once the process has ended. */
  ended: Promise<number | null>;
  /** Resolves once the service reports that it is ready. */
  ready: Promise<void>;
}

/** Starts dispo like its `start` script, with `env` and the tests' compile cache as its only environment. */
export function startDispo(env: Record<string, string>): Service {
  const child = spawn(process.execPath, ['--import', '@hotel/telemetry/register', 'src/main.ts'], {
    cwd: resolve(import.meta.dirname, '..'),
    env: {
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      HOTEL_HOST: '127.0.0.1',
      HOTEL_SQLITE_SYNCHRONOUS: 'NORMAL',
      ...env,
    },
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
  // Tests that do not await `ready` should not fail on its rejection.
  isReady.promise.catch(() => {});
  return { child, output: () => output, ended, ready: isReady.promise };
}
