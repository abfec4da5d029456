import { createBooker } from '../bookings.ts';
import { dispoAlone, startTestbed } from '../testbed.ts';
import { allocatedPerBooking, heapFlags, LONGEST_S } from './heap.ts';

/** What a booking costs dispo in countable things, which are the same on a busy machine. */
export interface Counts {
  spans: number;
  /** Bytes of OTLP that leave dispo. */
  otlpBytes: number;
  /** Bytes allocated on V8's heap with every span. */
  allocatedTraced: number;
  /** The same with telemetry off. */
  allocatedUntraced: number;
  /** Bytes of OTLP for log records, if they are exported as well. */
  logBytes: number;
}

/** Enough for V8 to have compiled everything that repeats. */
const WARM_BOOKINGS = 3_000;
/** Enough to make a batch's frame negligible. */
const LOGGED_BOOKINGS = 512;
/** Spans leave in full batches, and the rest at the end: no timer exports some of them in between. */
const NEVER_MS = '3600000';

/** Counts what a booking costs the dispo of a checkout. @param root of the checkout; this one by default */
export async function countPerBooking(root?: string): Promise<Counts> {
  const untraced = await count(false, root);
  const { spans = 0, otlpBytes = 0, allocated } = await count(true, root);
  return {
    spans,
    otlpBytes,
    allocatedTraced: allocated,
    allocatedUntraced: untraced.allocated,
    logBytes: await logBytesPerBooking(root),
  };
}

async function count(traced: boolean, root: string | undefined) {
  await using testbed = await startTestbed({
    processes: [dispoAlone({ nodeArgs: heapFlags })],
    traced,
    env: { OTEL_BSP_SCHEDULE_DELAY: NEVER_MS },
    ...(root === undefined ? {} : { root }),
  });
  const port = testbed.port('DISPO_PORT');
  const booker = await createBooker(testbed, { port, pid: testbed.pid('dispo'), rooms: 10 });
  await booker.book(1, LONGEST_S, WARM_BOOKINGS);
  const allocated = Math.round(await allocatedPerBooking(testbed, booker));
  await testbed.stop('dispo');
  const sent = await testbed.sink?.counts();
  if (!sent) return { allocated };
  const made = booker.made();
  return { allocated, spans: Number((sent.spans / made).toFixed(2)), otlpBytes: Math.round(sent.bytes / made) };
}

async function logBytesPerBooking(root: string | undefined): Promise<number> {
  await using testbed = await startTestbed({
    processes: [dispoAlone()],
    env: { OTEL_LOGS_EXPORTER: 'otlp', OTEL_BLRP_SCHEDULE_DELAY: NEVER_MS },
    ...(root === undefined ? {} : { root }),
  });
  const port = testbed.port('DISPO_PORT');
  const booker = await createBooker(testbed, { port, pid: testbed.pid('dispo'), rooms: 10 });
  await booker.book(1, LONGEST_S, LOGGED_BOOKINGS);
  await testbed.stop('dispo');
  const { logBytes = 0 } = (await testbed.sink?.counts()) ?? {};
  return Math.round(logBytes / booker.made());
}
