import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BookingEvent, bookingSubject, CLEANING_QUEUE } from '@hotel/contracts';
import { Queue } from 'bullmq';
import { createBooker } from '../bookings.ts';
import type { Column } from '../figures/answer.ts';
import { compare, rowOf } from '../figures/samples.ts';
import { cpuSeconds } from '../machine/cpu.ts';
import { interleave, type Question } from '../question.ts';
import { dispoAlone, processOf, startTestbed, type Testbed } from '../testbed.ts';

/** V8 compiles for this many jobs, more when they are traced. */
const WARM_JOBS = 9_000;
const JOBS = { withCallback: 4_000, without: 10_000 };
const GIVE_UP_S = 60;

const columns: Column[] = [
  { key: 'perSecond', title: 'jobs/s' },
  { key: 'ofUntraced', title: 'times untraced' },
  { key: 'cpuUs', title: 'worker CPU, us/job' },
  { key: 'dispoCpuUs', title: 'dispo CPU, us/job' },
];

const variants = [
  { name: 'callback, every span', base: 'callback, telemetry off', callback: true, traced: true },
  { name: 'callback, telemetry off', base: undefined, callback: true, traced: false },
  { name: 'no callback, every span', base: 'no callback, telemetry off', callback: false, traced: true },
  { name: 'no callback, telemetry off', base: undefined, callback: false, traced: false },
];

/** Jobs accumulate while the queue is paused; the worker is warm when it resumes. */
async function drain(testbed: Testbed, fill: (jobs: number) => Promise<void>, jobs: number): Promise<number> {
  const queue = openQueue(testbed);
  try {
    await queue.pause();
    await fill(jobs);
    while ((await waiting(queue)) < jobs) await sleep(10);
    const began = performance.now();
    await queue.resume();
    while ((await waiting(queue)) > 0) {
      if (performance.now() - began > GIVE_UP_S * 1_000) throw new Error(`the worker does not drain ${jobs} jobs`);
      await sleep(5);
    }
    return (performance.now() - began) / 1_000;
  } finally {
    await queue.close();
  }
}

function openQueue(testbed: Testbed): Queue<BookingEvent> {
  const { hostname: host, port } = new URL(testbed.redisUrl);
  return new Queue(CLEANING_QUEUE, {
    connection: { host, port: Number(port) },
    prefix: 'hotel',
    defaultJobOptions: { removeOnComplete: true },
  });
}

async function waiting(queue: Queue<BookingEvent>): Promise<number> {
  const counts = await queue.getJobCounts('wait', 'active', 'delayed');
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

async function measureWithCallback(traced: boolean): Promise<Record<string, number>> {
  await using testbed = await startTestbed({ processes: [dispoAlone(), processOf('cleaning-worker')], traced });
  const booker = await createBooker(testbed, {
    port: testbed.port('DISPO_PORT'),
    pid: testbed.pid('dispo'),
    rooms: 10,
  });
  const fill = async (jobs: number) => {
    // Each connection may exceed the number by one.
    let made = 0;
    while (made < jobs) made += (await booker.book(Math.min(32, jobs - made), 60, jobs - made)).requests;
  };
  await drain(testbed, fill, WARM_JOBS);
  const filled = Promise.withResolvers<{ worker: number; dispo: number }>();
  const seconds = await drain(
    testbed,
    async (jobs) => {
      await fill(jobs);
      // What the relay still has to publish is dispo's work, not part of the drain.
      await sleep(300);
      filled.resolve({ worker: cpuSeconds(testbed.pid('cleaning-worker')), dispo: cpuSeconds(testbed.pid('dispo')) });
    },
    JOBS.withCallback,
  );
  const before = await filled.promise;
  const cost = (name: string, since: number) => ((cpuSeconds(testbed.pid(name)) - since) * 1e6) / JOBS.withCallback;
  return {
    perSecond: JOBS.withCallback / seconds,
    cpuUs: cost('cleaning-worker', before.worker),
    dispoCpuUs: cost('dispo', before.dispo),
  };
}

async function measureWithout(traced: boolean): Promise<Record<string, number>> {
  const worker = processOf('cleaning-worker', {
    folder: 'bench',
    entry: 'src/programs/worker-without-callback.ts',
    env: {},
  });
  await using testbed = await startTestbed({ processes: [worker], traced });
  let next = 1;
  const fill = async (jobs: number) => {
    const queue = openQueue(testbed);
    for (let left = jobs; left > 0; left -= 500) {
      const events = Array.from({ length: Math.min(500, left) }, () => bookingEvent(next++));
      await queue.addBulk(events.map((event) => ({ name: event.type, data: event, opts: { jobId: event.id } })));
    }
    await queue.close();
  };
  await drain(testbed, fill, WARM_JOBS);
  let before = 0;
  const seconds = await drain(
    testbed,
    async (jobs) => {
      await fill(jobs);
      before = cpuSeconds(testbed.pid('cleaning-worker'));
    },
    JOBS.without,
  );
  const cpu = cpuSeconds(testbed.pid('cleaning-worker')) - before;
  return { perSecond: JOBS.without / seconds, cpuUs: (cpu * 1e6) / JOBS.without };
}

/** An event as dispo sends it, from a sampled trace. */
function bookingEvent(id: number): BookingEvent {
  const date = (offset: number) => new Date(Date.UTC(2030, 0, 1 + Math.floor(id / 50) + offset)).toISOString();
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: '/dispo',
    type: 'booking.created',
    subject: bookingSubject(id),
    time: date(0),
    datacontenttype: 'application/json',
    traceparent: `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`,
    data: {
      booking_id: id,
      revision: 1,
      room_id: (id % 50) + 1,
      room: String(1_001 + (id % 50)),
      start: date(0).slice(0, 10),
      end: date(1).slice(0, 10),
    },
  };
}

export const worker = {
  question: 'How fast does the worker drain a backlog?',
  async ask(bench) {
    const samples = await interleave(
      bench,
      variants.map(({ name, callback, traced }) => ({
        name,
        measure: () => (callback ? measureWithCallback(traced) : measureWithout(traced)),
      })),
    );
    return [
      {
        id: 'worker',
        title: `Drain of ${JOBS.withCallback} jobs (${JOBS.without} without callback)`,
        of: 'variant',
        columns,
        rows: variants.map(({ name, base }) =>
          rowOf(samples, name, columns, {
            ...(base
              ? {
                  ofUntraced: compare(
                    samples,
                    name,
                    base,
                    (own, other) => (own.perSecond ?? 0) / (other.perSecond ?? 0),
                  ),
                }
              : {}),
          }),
        ),
        note: 'Without callback, the same worker does not report to dispo: only the queue, the transaction and the trace remain.',
      },
    ];
  },
} satisfies Question;
