import { readdirSync, readFileSync } from 'node:fs';

/** Linux reports CPU time in this unit, whatever the kernel's own tick rate. */
const TICKS_PER_SECOND = 100;

/** CPU seconds used by all processes since boot, from `/proc/stat`. */
export function busySeconds(procStat: string): number {
  const fields = /^cpu +(.+)$/m.exec(procStat)?.[1]?.split(' ').map(Number) ?? [];
  const [user = 0, nice = 0, system = 0] = fields;
  // Time taken by the hypervisor (steal) counts as used by others.
  const steal = fields[7] ?? 0;
  return (user + nice + system + steal) / TICKS_PER_SECOND;
}

export interface ProcessTimes {
  pid: number;
  parent: number;
  seconds: number;
  /** CPU time of ended children. */
  childSeconds: number;
}

/** One line of `/proc/<pid>/stat`. The name in it may contain anything, including spaces and brackets. */
export function processTimes(stat: string): ProcessTimes {
  const end = stat.lastIndexOf(')');
  const fields = stat.slice(end + 2).split(' ');
  const seconds = (at: number) => Number(fields[at]) / TICKS_PER_SECOND;
  return {
    pid: Number.parseInt(stat, 10),
    parent: Number(fields[1]),
    seconds: seconds(11) + seconds(12),
    childSeconds: seconds(13) + seconds(14),
  };
}

/** CPU seconds used by `root` and all its descendants, running or ended. */
export function treeSeconds(processes: readonly ProcessTimes[], root: number): number {
  const children = Map.groupBy(processes, ({ parent }) => parent);
  const sum = (one: ProcessTimes): number =>
    one.seconds + one.childSeconds + (children.get(one.pid) ?? []).reduce((total, child) => total + sum(child), 0);
  return processes.filter(({ pid }) => pid === root).reduce((total, one) => total + sum(one), 0);
}

export function readProcesses(): ProcessTimes[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [processTimes(readFileSync(`/proc/${name}/stat`, 'utf8'))];
      } catch {
        // The process has ended.
        return [];
      }
    });
}

/** CPU seconds used by a process so far, in user and kernel mode. */
export function cpuSeconds(pid: number): number {
  return processTimes(readFileSync(`/proc/${pid}/stat`, 'utf8')).seconds;
}

/** The same for its main thread: in Node, all but garbage collection and some system calls. */
export function mainThreadSeconds(pid: number): number {
  return processTimes(readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8')).seconds;
}

/** Resident memory of a process in MB. */
export function residentMb(pid: number): number {
  const [, kb] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kb) / 1_024;
}
