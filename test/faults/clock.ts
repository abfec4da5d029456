/**
 * Preloaded into a service to make its wall clock jump. The file named by `HOTEL_TEST_CLOCK` holds the offset in milliseconds; it is
 * read at startup and on SIGUSR2. Services, BullMQ and libraries all read the time from `Date`; timers use the monotonic clock,
 * which does not jump on a real machine either. Until the first jump `Date` is Node's own.
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
