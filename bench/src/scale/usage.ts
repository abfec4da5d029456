import { cpuSeconds, mainThreadSeconds, readProcesses, treeSeconds } from '../machine/cpu.ts';
import type { Testbed } from '../testbed.ts';

/** CPU seconds by process so far. `main` is the part of `dispo` on its main threads. `collector` counts spans and keeps none; `generator` sends the requests. */
export type Usage = Record<string, number>;

const SERVICES = ['cleaning', 'cleaning-worker'];

/** `dispos`: names of the dispo processes, which are added up. */
export function readUsage(testbed: Testbed, dispos: readonly string[], services = SERVICES): Usage {
  const { postgres, redisPid, generator, sink } = testbed;
  const own = (pid: number | undefined) => (pid === undefined ? 0 : cpuSeconds(pid));
  return {
    dispo: dispos.reduce((sum, name) => sum + own(testbed.pid(name)), 0),
    main: dispos.reduce((sum, name) => sum + mainThreadSeconds(testbed.pid(name)), 0),
    ...(postgres ? { postgres: treeSeconds(readProcesses(), postgres.pid) } : {}),
    redis: own(redisPid),
    ...Object.fromEntries(services.map((name) => [name, own(testbed.pid(name))])),
    generator: own(generator.pid),
    collector: own(sink?.pid),
  };
}

/** Microseconds of CPU by process between two readings, per booking. */
export function perBooking(before: Usage, after: Usage, bookings: number): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after).map(([name, seconds]) => [name, ((seconds - (before[name] ?? 0)) * 1e6) / bookings]),
  );
}
