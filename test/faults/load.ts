import { setTimeout as sleep } from 'node:timers/promises';
import { createDesk, type Desk, type DeskDeps } from './desk.ts';

/** Pause between two requests of one client: this tests the faults, not the machine. */
const PAUSE_MS = { min: 5, max: 40 };
/** How long unknown outcomes may stay unresolved after the repair. */
const SETTLE_MS = 60_000;

export interface Load {
  readonly desks: readonly Desk[];
  /** Stops once each client has its last response and every outcome is known. */
  stop(): Promise<void>;
}

export type LoadOptions = DeskDeps & { connections: number };

/** Several concurrent clients, each with its own random numbers. */
export function startLoad({ connections, ...deps }: LoadOptions): Load {
  let stopped = false;
  const desks = Array.from({ length: connections }, () => createDesk({ ...deps, random: deps.random.fork() }));

  async function work(desk: Desk, pause: () => number): Promise<void> {
    while (!stopped) {
      await desk.step();
      await sleep(pause());
    }
    const end = performance.now() + SETTLE_MS;
    while (!desk.isSettled() && performance.now() < end) {
      await desk.step();
      await sleep(PAUSE_MS.max);
    }
    if (!desk.isSettled()) deps.findings.wrong.push('what became of an operation could not be found out');
  }

  const working = desks.map((desk) => {
    const random = deps.random.fork();
    return work(desk, () => random.int(PAUSE_MS.min, PAUSE_MS.max));
  });
  return {
    desks,
    async stop() {
      stopped = true;
      await Promise.all(working);
    },
  };
}
