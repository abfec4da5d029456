import { PriorityQueue } from './queue.ts';

type Then = () => void;

/**
 * Cores that all runnable threads share equally (processor sharing), and a clock in microseconds. `others` threads of
 * other programs are always runnable.
 */
export class Machine {
  now = 0;
  /** Core-microseconds that other programs have used. */
  usedByOthers = 0;
  private readonly cores: number;
  private readonly others: number;
  private readonly timers = new PriorityQueue<Then>();
  /** Threads by the value of `shared` at which they have had their CPU time. */
  private readonly runnable = new PriorityQueue<Then>();
  private count = 0;
  private shared = 0;

  constructor(cores: number, others: number) {
    this.cores = cores;
    this.others = others;
  }

  /** Runs `then` after this much CPU time. */
  compute(us: number, then: Then): void {
    this.count++;
    this.runnable.push(this.shared + us, then);
  }

  /** Runs `then` after this much time. */
  wait(us: number, then: Then): void {
    this.timers.push(this.now + us, then);
  }

  /** Processes events until `isOver`. */
  run(isOver: () => boolean): void {
    while (!isOver()) {
      const rate = Math.min(1, this.cores / (this.count + this.others));
      const ready = this.runnable.first;
      const readyAt = ready ? this.now + (ready.key - this.shared) / rate : Number.POSITIVE_INFINITY;
      const timerAt = this.timers.first?.key ?? Number.POSITIVE_INFINITY;
      const at = Math.max(this.now, Math.min(readyAt, timerAt));
      if (at === Number.POSITIVE_INFINITY) throw new Error('nothing happens any more');
      const share = (at - this.now) * rate;
      this.shared += share;
      this.usedByOthers += share * this.others;
      this.now = at;
      if (readyAt < timerAt) this.count--;
      (readyAt < timerAt ? this.runnable : this.timers).pop()?.();
    }
  }
}
