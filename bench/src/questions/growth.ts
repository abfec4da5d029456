import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { httpJson } from '@hotel/trace-test';
import type { Column } from '../figures/answer.ts';
import { rowOf, type Sample, type Samples } from '../figures/samples.ts';
import { startHelper } from '../helper/parent.ts';
import type { Requests } from '../load/request.ts';
import type { HistoryJob } from '../programs/history.ts';
import { type Bench, interleave, type Question } from '../question.ts';
import { dispoAlone, processOf, startTestbed } from '../testbed.ts';

const ROOMS = 1_000;
const SIZES = [10_000, 100_000, 1_000_000];
const REQUESTS = 300;
const SINCE = '2010-01-01';
const processes = [dispoAlone({ env: { SEED_ROOMS: '0' } }), processOf('cleaning')];

const columns: Column[] = [
  { key: 'p50Ms', title: 'p50, ms' },
  { key: 'p99Ms', title: 'p99, ms' },
];

const free = 'GET /api/v1/rooms/free, one night';
const days = 'GET /api/v1/days, one day';
const post = 'POST /api/v1/bookings';
const asked = [free, days, post];

const sizeOf = (size: number) => `10^${Math.log10(size)} bookings`;

/** The services create the tables, SQL the rows. */
async function makeHistory(dataDir: string, bookings: number): Promise<void> {
  {
    await using _tables = await startTestbed({ processes, dataDir, traced: false });
  }
  await using helper = await startHelper<HistoryJob, object>(new URL('../programs/history.ts', import.meta.url));
  await helper.ask({ dataDir, rooms: ROOMS, bookings, since: SINCE });
}

/** A day in the middle of the history: the number of occupied rooms does not depend on its length. */
function middle(bookings: number): [string, string] {
  const nights = Math.floor(bookings / ROOMS / 2) * 3;
  const day = (offset: number) => new Date(Date.parse(SINCE) + offset * 86_400_000).toISOString().slice(0, 10);
  return [day(nights), day(nights + 1)];
}

async function measure(dataDir: string, bookings: number, round: number): Promise<Record<string, number>> {
  await using testbed = await startTestbed({ processes, dataDir });
  const [dispo, cleaning] = [testbed.port('DISPO_PORT'), testbed.port('CLEANING_PORT')];
  const [start, end] = middle(bookings);
  const getFree = `/api/v1/rooms/free?start=${start}&end=${end}`;
  const getDays = `/api/v1/days?start=${start}&end=${start}`;
  const rooms = await httpJson<unknown[]>(`http://127.0.0.1:${dispo}${getFree}`);
  const plan = await httpJson<unknown[]>(`http://127.0.0.1:${cleaning}${getDays}`);
  if (rooms.body.length === 0 || plan.body.length === 0)
    throw new Error(`unexpected history: ${rooms.body.length} rooms are free, ${plan.body.length} to clean`);
  const time = (port: number, requests: Requests, count: number) =>
    testbed.generator.closedLoop({ port, connections: 1, seconds: 30, atMost: count, requests });
  const values: Record<string, number> = {};
  const note = (what: string, { p50Ms, p99Ms }: { p50Ms: number; p99Ms: number }) => {
    values[`${what} p50Ms`] = p50Ms;
    values[`${what} p99Ms`] = p99Ms;
  };
  for (const [what, port, path] of [
    [free, dispo, getFree],
    [days, cleaning, getDays],
  ] as const) {
    await time(port, { kind: 'get', path }, 100);
    note(what, await time(port, { kind: 'get', path }, REQUESTS));
  }
  const book = (from: number, count: number) =>
    time(dispo, { kind: 'bookings', rooms: ROOMS, from: from + 2 * REQUESTS * round, since: '2040-01-01' }, count);
  await book(0, REQUESTS);
  note(post, await book(REQUESTS, REQUESTS));
  return values;
}

/** A sample contains all requests: each becomes a variant. */
function split(samples: Samples): Samples {
  const rows = SIZES.flatMap((size) => asked.map((what) => ({ size, what })));
  return new Map(
    rows.map(({ size, what }) => [
      `${what}, ${sizeOf(size)}`,
      (samples.get(sizeOf(size)) ?? []).map(
        (sample): Sample => ({
          ...sample,
          values: Object.fromEntries(columns.map(({ key }) => [key, sample.values[`${what} ${key}`] ?? Number.NaN])),
        }),
      ),
    ]),
  );
}

async function withHistories<T>(bench: Bench, use: (folders: Map<number, string>) => Promise<T>): Promise<T> {
  await using folders = new AsyncDisposableStack();
  const made = new Map<number, string>();
  for (const size of SIZES) {
    bench.say(`making ${size.toLocaleString('en')} bookings`);
    const folder = await mkdtemp(join(tmpdir(), 'hotel-bench-'));
    folders.defer(() => rm(folder, { recursive: true, force: true }));
    await makeHistory(folder, size);
    made.set(size, folder);
  }
  return await use(made);
}

export const growth = {
  question: 'Does a long history make it slower?',
  async ask(bench) {
    const samples = await withHistories(bench, (folders) => {
      const rounds = new Map(SIZES.map((size) => [size, 0]));
      return interleave(
        bench,
        SIZES.map((size) => ({
          name: sizeOf(size),
          measure() {
            const round = rounds.get(size) ?? 0;
            rounds.set(size, round + 1);
            return measure(folders.get(size) ?? '', size, round);
          },
        })),
      );
    });
    const rows = split(samples);
    return [
      {
        id: 'growth',
        title: `${ROOMS.toLocaleString('en')} rooms, each let for one night in three; one connection, every span`,
        of: 'request',
        columns,
        rows: asked.flatMap((what) => SIZES.map((size) => rowOf(rows, `${what}, ${sizeOf(size)}`, columns))),
      },
    ];
  },
} satisfies Question;
