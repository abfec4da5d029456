import { CommandError } from '@hotel/cli';
import type { RunningSystem } from '@hotel/system';
import type { Action } from './listener.ts';

export interface ProcessControl {
  act(action: Action, name: string): Promise<string>;
  /** Whether the user has stopped it. A change of its sources then does not start it. */
  isStopped(name: string): boolean;
}

/** Stops and starts individual processes of a run at the user's request. */
export function createProcessControl(
  { processes, restart }: Pick<RunningSystem, 'processes' | 'restart'>,
  print: (text: string) => void,
): ProcessControl {
  const stopped = new Set<string>();
  return {
    isStopped: (name) => stopped.has(name),
    async act(action, name) {
      const handle = processes.get(name);
      if (!handle) {
        throw new CommandError(
          `This run has no process ${name}. Its processes are: ${[...processes.keys()].join(', ')}.`,
        );
      }
      if (action === 'stop') {
        if (stopped.has(name)) return `${name} is already stopped`;
        stopped.add(name);
        await handle.stop();
      } else {
        if (action === 'start' && !stopped.has(name)) return `${name} is already running`;
        await restart(name);
        stopped.delete(name);
      }
      const done =
        action === 'stop'
          ? `${name} is stopped; start it with: npx -y pnpm@12 dev start ${name}`
          : `${name} is running`;
      print(done);
      return done;
    },
  };
}
