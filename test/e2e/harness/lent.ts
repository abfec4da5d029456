import { test } from 'vitest';
import { type ProxiedHotel, startProxied } from './proxied.ts';

/** A hotel with these settings, and the defaults of `startHotel`. The timeout is long: a slow machine must not look like a cleaning that does not answer. */
const SETTINGS = { HOTEL_CLEANING_TIMEOUT_MS: '10000', HOTEL_JOB_BACKOFF_MS: '10' };

export type LentHotel = Pick<ProxiedHotel, 'traced' | 'toDispo' | 'toCleaning'>;

interface Lender {
  lend(): Promise<LentHotel>;
  takeBack(hasFailed: boolean): Promise<void>;
  close(): Promise<void>;
}

interface Ran {
  result?: { state: string };
  tasks?: readonly Ran[];
}

function createLender(env: Record<string, string>): Lender {
  let hotel: ProxiedHotel | undefined;
  const close = async () => {
    const closing = hotel;
    hotel = undefined;
    await closing?.[Symbol.asyncDispose]();
  };
  return {
    close,
    async lend() {
      hotel ??= await startProxied({ env });
      const { traced, toDispo, toCleaning } = hotel;
      traced.sink.clear();
      toDispo.seen.length = 0;
      toCleaning.seen.length = 0;
      const earlier = traced.lines().length;
      return {
        traced: { ...traced, query: traced.query, lines: () => traced.lines().slice(earlier) },
        toDispo,
        toCleaning,
      };
    },
    async takeBack(hasFailed) {
      if (hasFailed) return close();
      hotel?.traced.insistOnWhole();
      const stopped = [...(hotel?.traced.system.processes.values() ?? [])].filter((handle) => handle.asked());
      if (stopped.length === 0) return;
      await close();
      throw new Error(`a borrowed hotel was returned without ${stopped.map(({ name }) => name).join(' and ')}`);
    },
  };
}

const worker = test
  .extend('settings', { scope: 'worker' }, SETTINGS)
  .extend('lender', { scope: 'worker' }, ({ settings }, { onCleanup }) => {
    const lender = createLender(settings);
    onCleanup(lender.close);
    return lender;
  });

/**
 * Lends the hotel that the files of a worker share to the tests of a file: a start takes seconds of CPU time. They book stays in a year or in rooms
 * of their own, and leave every process running with its settings. After a failure the next file gets another hotel.
 */
export function borrowHotel(take: (hotel: LentHotel) => void): void {
  worker.beforeAll(async ({ lender }) => take(await lender.lend()));
  worker.afterAll(({ lender }, file) => lender.takeBack(hasFailed(file)));
}

function hasFailed({ result, tasks = [] }: Ran): boolean {
  return result?.state === 'fail' || tasks.some(hasFailed);
}
