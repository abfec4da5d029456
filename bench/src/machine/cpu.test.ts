import { expect, it } from 'vitest';
import { busySeconds, processTimes, treeSeconds } from './cpu.ts';

it('the machine’s busy time is everything but idling and waiting for disks', () => {
  // user nice system idle iowait irq softirq steal guest guest_nice
  expect(busySeconds('cpu  1000 200 300 9000 800 0 70 50 0 0\ncpu0 500 100 150 4500 400 0 35 25 0 0\n')).toBe(15.5);
});

it('reads a process whatever its name contains', () => {
  const fields = 'S 7 1 1 0 -1 4194560 1 0 0 0 250 50 30 20 20 0 1 0 5 0 0';
  expect(processTimes(`42 (a b) c) ${fields}`)).toEqual({ pid: 42, parent: 7, seconds: 3, childSeconds: 0.5 });
});

it('a tree is a process, its descendants, and those that have ended', () => {
  const one = (pid: number, parent: number, seconds: number, childSeconds = 0) => ({
    pid,
    parent,
    seconds,
    childSeconds,
  });
  const processes = [one(1, 0, 100), one(10, 1, 1, 0.5), one(11, 10, 2), one(12, 11, 4), one(20, 1, 50)];
  expect(treeSeconds(processes, 10)).toBe(7.5);
  expect(treeSeconds(processes, 99)).toBe(0);
});
