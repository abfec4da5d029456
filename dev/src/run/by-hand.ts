import { CommandError } from '@hotel/cli';
import type { RunningSystem } from '@hotel/system';
import type { Action } from './control.ts';

export interface ByHand {
  act(action: Action, name: string): Promise<string>;
  /** Whether somebody has stopped it: then a change of its sources does not start it. */
  isStopped(name: string): boolean;
}

/** Stops and starts single processes of a run on request. */
export function createByHand(
  { processes, restart }: Pick<RunningSystem, 'processes' | 'restart'>,
  say: (text: string) => void,
): ByHand {
  const stopped = new Set<string>();
  return {
    isStopped: (name) => stopped.has(name),
    async act(action, name) {
      const handle = processes.get(name);
      if (!handle) {
        throw new CommandError(
          `There is no process ${name} in this run. There are: ${[...processes.keys()].join(', ')}.`,
        );
      }
      if (action === 'stop') {
        if (stopped.has(name)) return `${name} is stopped already`;
        stopped.add(name);
        await handle.stop();
      } else {
        if (action === 'start' && !stopped.has(name)) return `${name} runs already`;
        await restart(name);
        stopped.delete(name);
      }
      const done =
        action === 'stop' ? `${name} is stopped; start it with: npx -y pnpm@12 dev start ${name}` : `${name} runs`;
      say(done);
      return done;
    },
  };
}
