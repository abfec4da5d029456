import { type RunningSystem, type StopResult, withReplicas } from '@hotel/system';
import { hotel } from 'dev/system';

export const PROCESSES = ['dispo', 'cleaning', 'cleaning-worker'] as const;
export type ProcessName = (typeof PROCESSES)[number];

/** The processes of each service: one, or several that share its ports. */
export interface Replicas {
  /** Names of the processes: `dispo`, or `dispo-1`, `dispo-2`, ... */
  of(service: ProcessName): readonly string[];
  /** Sends a signal to a process. */
  signal(name: string, signal: NodeJS.Signals): void;
  /** Sends SIGKILL; resolves when the process has exited. */
  kill(name: string): Promise<void>;
  /** Sends SIGTERM; resolves when the process has exited. */
  stop(name: string): Promise<StopResult>;
  /** Starts or restarts a process and waits until it is ready. */
  start(name: string, env?: Readonly<Record<string, string>>): Promise<void>;
}

/** The hotel with `count` processes of each service. Without the viewer: only the sink reads the traces. */
export function scaledHotel(count: number) {
  const traced = { ...hotel, processes: hotel.processes.filter((spec) => spec.traced) };
  return count === 1 ? traced : withReplicas(traced, count);
}

export function createReplicas(system: RunningSystem, count: number): Replicas {
  const names = (service: ProcessName) =>
    count === 1 ? [service] : Array.from({ length: count }, (_, index) => `${service}-${index + 1}`);
  const handleOf = (name: string) => {
    const handle = system.processes.get(name);
    if (!handle) throw new Error(`${name} does not run`);
    return handle;
  };
  return {
    of: names,
    // Not through the handle, which would then expect the process to exit.
    signal: (name, signal) => void process.kill(handleOf(name).pid, signal),
    async kill(name) {
      const handle = handleOf(name);
      handle.kill('SIGKILL');
      await handle.exited;
    },
    stop: (name) => handleOf(name).stop(),
    start: (name, env) => system.restart(name, env),
  };
}
