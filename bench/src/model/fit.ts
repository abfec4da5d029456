import { type BookingModel, simulateBookings } from './booking.ts';

const STEPS = 10;
const REQUESTS = 600;
const ROUNDS = 5;
/** Upper bound on the threads of other programs. */
const MAX_OTHERS = 100;
const MAX_FLUSH_US = 100_000;
const FIRST_FLUSH_US = 1_000;

/** The largest x up to `max` for which `isTooSmall` holds, by bisection, which is finer near zero. */
function search(max: number, isTooSmall: (x: number) => boolean): number {
  let [low, high] = [0, max];
  for (let step = 0; step < STEPS; step++) {
    const middle = low === 0 ? high / 8 : Math.sqrt(low * high);
    if (isTooSmall(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Finds how many threads of other programs use as many cores as were measured. */
export function fitOthers(model: Omit<BookingModel, 'others'>, foreignCores: number): number {
  return search(MAX_OTHERS, (others) => simulateBookings({ ...model, others }, REQUESTS).othersCores < foreignCores);
}

/** Finds the duration of a write to the disk with which the model has this rate. */
export function fitFlush(
  model: Omit<BookingModel, 'others' | 'flushUs'>,
  measured: { perSecond: number; foreignCores: number },
): number {
  let fitted = FIRST_FLUSH_US;
  // The number of threads depends on the duration, but only slightly.
  for (let round = 0; round < ROUNDS; round++) {
    const others = fitOthers({ ...model, flushUs: fitted }, measured.foreignCores);
    fitted = search(
      MAX_FLUSH_US,
      (flushUs) => simulateBookings({ ...model, flushUs, others }, REQUESTS).perSecond > measured.perSecond,
    );
  }
  return fitted;
}
