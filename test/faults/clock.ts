/**
 * Preloaded into a service: makes its wall clock jump. The file that `HOTEL_TEST_CLOCK` names holds the offset in milliseconds; it is
 * read at the start and on SIGUSR2. Everything that a service, BullMQ or a library asks the time of goes through `Date`; timers
 * go by the monotonic clock, which does not jump on a real machine either. Until the first jump `Date` is Node's own.
 */
import { existsSync, readFileSync } from 'node:fs';

const file = process.env.HOTEL_TEST_CLOCK ?? '';
const RealDate = Date;
let offsetMs = 0;

class JumpingDate extends RealDate {
  constructor(...given: unknown[]) {
    const args = given.length === 0 ? [JumpingDate.now()] : given;
    super(...(args as [number]));
  }

  static override now(): number {
    return RealDate.now() + offsetMs;
  }
}

function jump(): void {
  if (!existsSync(file)) return;
  offsetMs = Number(readFileSync(file, 'utf8'));
  globalThis.Date = JumpingDate as DateConstructor;
}

process.on('SIGUSR2', jump);
jump();
