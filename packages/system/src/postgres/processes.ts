import { readFileSync } from 'node:fs';

/** The processes that a process started and that still run, on Linux; elsewhere none. */
export function childProcesses(pid: number): number[] {
  return read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

/** Whether a process exists, on Linux. One that has ended but is still listed (a zombie) does not run. */
export function isRunning(pid: number): boolean {
  return /\) [^Z]/.test(read(`/proc/${pid}/stat`));
}

/** Sends a signal to a process that may have ended. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
