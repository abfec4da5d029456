import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHelper } from '../helper/parent.ts';
import type { HistoryJob } from '../programs/history.ts';
import type { Bench, Variant } from '../question.ts';
import { query } from '../scale/sql.ts';
import { perBooking, readUsage } from '../scale/usage.ts';
import { dispoAlone, startTestbed, type Testbed } from '../testbed.ts';

const ROOMS = 1_000;
const SINCE = '2010-01-01';
/** After the longest history. */
const BOOK_SINCE = '2200-01-01';
const CONNECTIONS = 8;
const WARM_S = 1;
const MEASURE_S = 2.5;
/** PostgreSQL takes 0.1 ms of CPU per row to build and check the exclusion constraint. */
const SIZES = [10_000, 1_000_000, 10_000_000];

const nameOf = (postgres: boolean, size: number): string =>
  `${postgres ? 'PostgreSQL' : 'SQLite'}, 10^${Math.log10(size)} bookings`;

const processes = [dispoAlone()];
/** The rooms come with the history. */
const env = { SEED_ROOMS: '0' };

/** Fills PostgreSQL by SQL. The exclusion constraint is built afterwards, which is faster than row by row. */
async function fillPostgres(url: string, bookings: number): Promise<void> {
  const [constraint] = await query<{ definition: string }>(
    url,
    `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conname = 'bookings_no_overlap'`,
  );
  await query(
    url,
    `SET synchronous_commit = off`,
    `SET maintenance_work_mem = '512MB'`,
    `INSERT INTO rooms (id, number, name) SELECT n, 1000 + n, 'Room ' || (1000 + n) FROM generate_series(1, ${ROOMS}) AS n`,
    'ALTER TABLE bookings DROP CONSTRAINT bookings_no_overlap',
    `INSERT INTO bookings (room_id, start, "end", status, cleaning, revision)
      SELECT n % ${ROOMS} + 1, to_char(first, 'YYYY-MM-DD'), to_char(first + 1, 'YYYY-MM-DD'), 'checked_out', 'planned', 3
      FROM generate_series(0, ${bookings - 1}) AS n, LATERAL (SELECT date '${SINCE}' + n / ${ROOMS} * 3 + n % 3 AS first) AS night`,
    `ALTER TABLE bookings ADD CONSTRAINT bookings_no_overlap ${constraint?.definition}`,
    'VACUUM ANALYZE',
    'CHECKPOINT',
  );
}

async function fillSqlite(dataDir: string, bookings: number): Promise<void> {
  {
    await using _tables = await startTestbed({ processes, dataDir, traced: false, env });
  }
  await using helper = await startHelper<HistoryJob, object>(new URL('../programs/history.ts', import.meta.url));
  await helper.ask({ dataDir, rooms: ROOMS, bookings, since: SINCE, dispoOnly: true });
}

/** A system with its history. */
async function start(postgres: boolean, size: number, bench: Bench, owned: AsyncDisposableStack): Promise<Testbed> {
  bench.say(`making ${size.toLocaleString('en')} bookings in ${postgres ? 'PostgreSQL' : 'SQLite'}`);
  const dataDir = await mkdtemp(join(tmpdir(), 'hotel-bench-'));
  owned.defer(() => rm(dataDir, { recursive: true, force: true }));
  if (!postgres) await fillSqlite(dataDir, size);
  const bed = owned.use(await startTestbed({ processes, dataDir, postgres, env }));
  if (bed.postgres) await fillPostgres(bed.postgres.url('dispo'), size);
  return bed;
}

/** Starts the systems with their histories. `owned` removes them. */
export async function historyVariants(bench: Bench, owned: AsyncDisposableStack): Promise<Variant[]> {
  const variants: Variant[] = [];
  for (const size of SIZES) {
    for (const postgres of [false, true]) {
      const bed = await start(postgres, size, bench, owned);
      let made = 0;
      const book = async (seconds: number) => {
        const requests = { kind: 'bookings', rooms: ROOMS, from: made, since: BOOK_SINCE } as const;
        const port = bed.port('DISPO_PORT');
        const result = await bed.generator.closedLoop({ port, connections: CONNECTIONS, seconds, requests });
        made += result.requests;
        return result;
      };
      variants.push({
        name: nameOf(postgres, size),
        async measure() {
          await book(WARM_S);
          const before = readUsage(bed, ['dispo'], []);
          const { requests, p50Ms, perSecond } = await book(MEASURE_S);
          return { ...perBooking(before, readUsage(bed, ['dispo'], []), requests), p50Ms, perSecond };
        },
      });
    }
  }
  return variants;
}
