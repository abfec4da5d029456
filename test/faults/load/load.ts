import { setTimeout as sleep } from 'node:timers/promises';
import { createVirtualUser, type VirtualUser, type VirtualUserDeps } from './virtual-user.ts';

/** Pause between two requests of one user: this tests the faults, not the machine. */
const PAUSE_MS = { min: 5, max: 40 };
/** How long unknown outcomes may stay unresolved after the repair. */
const SETTLE_MS = 60_000;

export interface Load {
  readonly users: readonly VirtualUser[];
  /** Stops once each user has its last response and every outcome is known. */
  stop(): Promise<void>;
}

export type LoadOptions = VirtualUserDeps & { connections: number };

/** Several concurrent virtual users, each with its own random numbers. */
export function startLoad({ connections, ...deps }: LoadOptions): Load {
  let stopped = false;
  const users = Array.from({ length: connections }, () => createVirtualUser({ ...deps, random: deps.random.fork() }));

  async function work(user: VirtualUser, pause: () => number): Promise<void> {
    while (!stopped) {
      await user.step();
      await sleep(pause());
    }
    const end = performance.now() + SETTLE_MS;
    while (!user.isSettled() && performance.now() < end) {
      await user.step();
      await sleep(PAUSE_MS.max);
    }
    if (!user.isSettled()) deps.findings.wrong.push('the outcome of an operation could not be determined');
  }

  const working = users.map((user) => {
    const random = deps.random.fork();
    return work(user, () => random.int(PAUSE_MS.min, PAUSE_MS.max));
  });
  return {
    users,
    async stop() {
      stopped = true;
      await Promise.all(working);
    },
  };
}
