import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SystemError } from '../error.ts';
import type { ProcessSpec } from '../types.ts';
import { type ChildHandle, describeExit, type Exit, type OutputLine, quoteLines, startChild } from './child.ts';
import { pollUntilReady, READY_TIMEOUT_MS } from './readiness.ts';

export interface ProcessOptions {
  /** Repository root; the spec's `folder` is relative to it. */
  root: string;
  onLine?: ((line: OutputLine) => void) | undefined;
  /** Node binary. Default: the current one if it is 24 or newer, else the workspace's. */
  nodePath?: string | undefined;
}

export interface ProcessHandle extends ChildHandle {
  readonly spec: ProcessSpec;
  /**
   * Resolves when the process answers 200 at the spec's `ready` path. Rejects with a `SystemError` with its last lines:
   * at once when the process ends first, or after `timeoutMs` (a minute).
   */
  ready(timeoutMs?: number, signal?: AbortSignal): Promise<void>;
}

/** Starts one process of a system with exactly the variables of `env`. */
export async function startProcess(
  spec: ProcessSpec,
  env: Readonly<Record<string, string>>,
  { root, onLine, nodePath = findNode(root) }: ProcessOptions,
): Promise<ProcessHandle> {
  const preload = spec.traced ? ['--import', '@hotel/telemetry/register'] : [];
  const child = await startChild({
    name: spec.name,
    command: spec.command === undefined ? nodePath : join(root, spec.command),
    args: spec.command === undefined ? [...(spec.nodeArgs ?? []), ...preload, spec.entry] : [spec.entry],
    cwd: join(root, spec.folder),
    env,
    onLine,
  });
  const readyUrl = `http://127.0.0.1:${env[spec.ready.port]}${spec.ready.path}`;
  return {
    ...child,
    spec,
    async ready(timeoutMs = READY_TIMEOUT_MS, signal) {
      const over = new AbortController();
      const timer = setTimeout(() => over.abort(), timeoutMs);
      let exit: Exit | undefined;
      void child.exited.then((how) => {
        exit = how;
        over.abort();
      });
      const until = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
      const answer = await pollUntilReady(readyUrl, until, spec.ready.anyStatus);
      clearTimeout(timer);
      if (answer === undefined) return;
      signal?.throwIfAborted();
      const problem = exit
        ? `${spec.name} ended with ${describeExit(exit)} before it was ready.`
        : `${spec.name} is not ready after ${timeoutMs / 1000} s: ${readyUrl} ${answer}. If this machine needs longer, set HOTEL_READY_TIMEOUT_MS (now ${timeoutMs}).`;
      throw new SystemError(problem + quoteLines(child.lastLines()));
    },
  };
}

function findNode(root: string): string {
  if (Number.parseInt(process.versions.node, 10) >= 24) return process.execPath;
  const own = join(root, 'node_modules/.bin/node');
  if (existsSync(own)) return own;
  throw new SystemError(
    `The services need Node 24 or newer and this is ${process.version}: run a script of the workspace (npx -y pnpm@12 dev), which brings its own.`,
  );
}
