import { Machine } from './machine.ts';
import { createRandom } from './random.ts';

/** A step of a request. */
export type Step =
  /** Uses CPU time in a process. */
  | { use: string; us: number }
  /** Uses CPU time that the request does not wait for. */
  | { also: string; us: number }
  /** Takes a unit of a limited resource, and waits until one is free. */
  | { take: string }
  | { give: string }
  /** Waits for a write to the disk, which serves all requests that wait when it starts. A single process blocks meanwhile. */
  | { flush: string; us: number };

export interface Model {
  cores: number;
  /** Threads of other programs that are always runnable. */
  others: number;
  /** Processes with one thread, so that work waits in a queue. In others, every request has a thread. */
  single: readonly string[];
  /** Units of each resource that steps take; one by default. */
  limits: Readonly<Record<string, number>>;
  /** The steps of the next request of the nth client. */
  steps(client: number): Step[];
  /** Clients, each of which sends its next request when the last one has ended. */
  clients: number;
  /** Requests to measure, after a tenth of that number to warm up. */
  requests: number;
  seed: number;
}

export interface Outcome {
  perSecond: number;
  /** Cores that other programs used. */
  othersCores: number;
}

type Then = () => void;

/** Simulates requests until `requests` have ended. */
export function simulate(model: Model): Outcome {
  const machine = new Machine(model.cores, model.others);
  const proceed = createSteps(machine, model);
  let ended = 0;
  const start = (client: number): void =>
    proceed(model.steps(client), 0, () => {
      ended++;
      start(client);
    });
  for (let client = 0; client < model.clients; client++) start(client);
  const warm = Math.ceil(model.requests / 10);
  machine.run(() => ended >= warm);
  const before = { ended, now: machine.now, others: machine.usedByOthers };
  machine.run(() => ended >= warm + model.requests);
  const us = machine.now - before.now;
  return { perSecond: ((ended - before.ended) * 1e6) / us, othersCores: (machine.usedByOthers - before.others) / us };
}

/** Returns how to run the steps of a request from the given one on. */
function createSteps(machine: Machine, { single, limits, seed }: Model) {
  const random = createRandom(seed);
  const queues = new Map(single.map((name): [string, Array<(end: Then) => void>] => [name, []]));
  const taken = new Map<string, number>();
  const waiting = new Map<string, Then[]>();
  const unflushed = new Map<string, Then[]>();

  function inProcess(name: string, work: (end: Then) => void): void {
    const queue = queues.get(name);
    const runFirst = () =>
      queue?.[0]?.(() => {
        queue.shift();
        runFirst();
      });
    if (!queue) work(() => {});
    else if (queue.push(work) === 1) runFirst();
  }

  /** Service times have the exponential distribution: some are several times as long as the mean, as with garbage collection. */
  function compute(name: string, us: number, then: Then): void {
    inProcess(name, (end) =>
      machine.compute(us * -Math.log(1 - random()), () => {
        then();
        end();
      }),
    );
  }

  function flush(name: string, us: number, then: Then): void {
    const group = unflushed.get(name);
    if (group) {
      group.push(then);
      return;
    }
    const started = [then];
    unflushed.set(name, started);
    inProcess(name, (end) => {
      unflushed.delete(name);
      machine.wait(us, () => {
        for (const each of started) each();
        end();
      });
    });
  }

  function take(name: string, then: Then): void {
    const count = taken.get(name) ?? 0;
    if (count === (limits[name] ?? 1)) {
      waiting.set(name, [...(waiting.get(name) ?? []), then]);
      return;
    }
    taken.set(name, count + 1);
    then();
  }

  function give(name: string): void {
    const next = waiting.get(name)?.shift();
    if (next) next();
    else taken.set(name, (taken.get(name) ?? 0) - 1);
  }

  return function proceed(steps: readonly Step[], at: number, done: Then): void {
    const step = steps[at];
    const then = () => proceed(steps, at + 1, done);
    if (!step) done();
    else if ('use' in step) compute(step.use, step.us, then);
    else if ('flush' in step) flush(step.flush, step.us, then);
    else if ('take' in step) take(step.take, then);
    else {
      if ('also' in step) compute(step.also, step.us, () => {});
      else give(step.give);
      then();
    }
  };
}
