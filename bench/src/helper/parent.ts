import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resources } from '../resources.ts';

/** A separate process that does one thing at a time on request, so that its CPU time can be attributed. */
export interface Helper<Ask, Reply> extends AsyncDisposable {
  readonly pid: number;
  ask(request: Ask): Promise<Reply>;
}

/** Starts `file` and waits until it is ready. It ends when disposed, and when this process ends. */
export async function startHelper<Ask, Reply, Hello = unknown>(
  file: URL,
  options: { args?: string[]; nodeArgs?: string[]; env?: Record<string, string> } = {},
): Promise<Helper<Ask, Reply> & { hello: Hello }> {
  const { args = [], nodeArgs = [], env = {} } = options;
  resources.signal.throwIfAborted();
  const child = fork(file, args, {
    execArgv: nodeArgs,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  // A request that cannot be sent is rejected by the exit handler.
  child.on('error', () => {});
  const release = resources.own({
    async [Symbol.asyncDispose]() {
      child.kill();
      await exited;
    },
  });
  void exited.then(release);
  const reply = <T>(): Promise<T> =>
    new Promise((resolve, reject) => {
      const onMessage = (message: unknown) => {
        child.off('exit', onExit);
        const failed = message as { failed?: string };
        if (failed.failed !== undefined) reject(new Error(failed.failed));
        else resolve(message as T);
      };
      const onExit = (code: number | null) => {
        child.off('message', onMessage);
        reject(new Error(`${file.pathname} ended with ${code} before it answered`));
      };
      child.once('message', onMessage);
      child.once('exit', onExit);
    });
  const hello = await reply<Hello>();
  return {
    hello,
    pid: child.pid as number,
    ask(request) {
      const answered = reply<Reply>();
      child.send(request as object);
      return answered;
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        child.disconnect();
        await exited;
      }
    },
  };
}
