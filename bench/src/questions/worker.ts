import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BookingEvent, bookingSubject, CLEANING_QUEUE } from '@hotel/contracts';
import { Queue } from 'bullmq';
import { createBooker } from '../bookings.ts';
import type { Column } from '../figures/answer.ts';
import { compare, rowOf } from '../figures/samples.ts';
import { cpuSeconds } from '../machine/cpu.ts';
import { interleave, type Question } from '../question.ts';
import { dispoAlone, processOf, type Stand, startStand } from '../stand.ts';

const WARM_JOBS = 1_500;
const JOBS = { withCallback: 4_000, without: 10_000 };
const GIVE_UP_S = 60;

const columns: Column[] = [
  { key: 'perSecond', title: 'jobs/s' },
  { key: 'ofUntraced', title: 'of untraced' },
  { key: 'cpuUs', title: 'worker CPU, us/job' },
  { key: 'dispoCpuUs', title: 'dispo CPU, us/job' },
];

const variants = [
  { name: 'callback, every span', base: 'callback, telemetry off', callback: true, traced: true },
  { name: 'callback, telemetry off', base: undefined, callback: true, traced: false },
  { name: 'no callback, every span', base: 'no callback, telemetry off', callback: false, traced: true },
  { name: 'no callback, telemetry off', base: undefined, callback: false, traced: false },
];

/** The jobs gather while the queue is paused, and the worker is warm when it is let go. */
async function drain(stand: Stand, fill: (jobs: number) => Promise<void>, jobs: number): Promise<number> {
  const queue = openQueue(stand);
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

function openQueue(stand: Stand): Queue<BookingEvent> {
  const { hostname: host, port } = new URL(stand.redisUrl);
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
  await using stand = await startStand({ processes: [dispoAlone(), processOf('cleaning-worker')], traced });
  const booker = await createBooker(stand, { port: stand.port('DISPO_PORT'), pid: stand.pid('dispo'), rooms: 10 });
  const fill = async (jobs: number) => {
    // The last one of each connection comes on top.
    let made = 0;
    while (made < jobs) made += (await booker.book(Math.min(32, jobs - made), 60, jobs - made)).requests;
  };
  await drain(stand, fill, WARM_JOBS);
  const filled = Promise.withResolvers<{ worker: number; dispo: number }>();
  const seconds = await drain(
    stand,
    async (jobs) => {
      await fill(jobs);
      // What the relay still has to hand over is dispo's work, not the drain's.
      await sleep(300);
      filled.resolve({ worker: cpuSeconds(stand.pid('cleaning-worker')), dispo: cpuSeconds(stand.pid('dispo')) });
    },
    JOBS.withCallback,
  );
  const before = await filled.promise;
  const cost = (name: string, since: number) => ((cpuSeconds(stand.pid(name)) - since) * 1e6) / JOBS.withCallback;
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
  await using stand = await startStand({ processes: [worker], traced });
  let next = 1;
  const fill = async (jobs: number) => {
    const queue = openQueue(stand);
    for (let left = jobs; left > 0; left -= 500) {
      const events = Array.from({ length: Math.min(500, left) }, () => bookingEvent(next++));
      await queue.addBulk(events.map((event) => ({ name: event.type, data: event, opts: { jobId: event.id } })));
    }
    await queue.close();
  };
  await drain(stand, fill, WARM_JOBS);
  let before = 0;
  const seconds = await drain(
    stand,
    async (jobs) => {
      await fill(jobs);
      before = cpuSeconds(stand.pid('cleaning-worker'));
    },
    JOBS.without,
  );
  const cpu = cpuSeconds(stand.pid('cleaning-worker')) - before;
  return { perSecond: JOBS.without / seconds, cpuUs: (cpu * 1e6) / JOBS.without };
}

/** As dispo sends it, from a trace that is sampled. */
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
  question: 'How fast does the worker get through a backlog?',
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
        note: 'Without callback the worker is composed of the same modules, and nobody is told: what remains is the queue, the transaction and the trace.',
      },
    ];
  },
} satisfies Question;
