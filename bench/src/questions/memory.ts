import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hotel } from 'dev/system';
import { createBooker } from '../bookings.ts';
import type { Column } from '../figures/answer.ts';
import { rowOf, type Samples } from '../figures/samples.ts';
import { quietly } from '../machine/busy.ts';
import { residentMb } from '../machine/cpu.ts';
import type { Bench, Question } from '../question.ts';
import { processOf, startTestbed } from '../testbed.ts';

const REST_MS = 5_000;
const PER_SECOND = 100;
/** Shorter runs only show the heap grow to its working size. */
const FLAT_AFTER_MIN = 10;
/** Warm-up as a share of the measured time: until V8 has allocated the memory that this load needs. */
const WARM_SHARE = 0.2;
const CHUNK_S = 5;
const NAMES = ['dispo', 'cleaning', 'cleaning-worker'];

const columns: Column[] = [
  { key: 'embedded', title: 'embedded, at rest, MB' },
  { key: 'rest', title: 'at rest, MB' },
  { key: 'early', title: 'in the first fifth, MB' },
  { key: 'middle', title: 'in the middle fifth, MB' },
  { key: 'late', title: 'in the last fifth, MB' },
  { key: 'highest', title: 'highest, MB' },
  { key: 'growth', title: 'last fifth / first fifth' },
];

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Processes with the flags of `pnpm dev`. */
async function restEmbedded(): Promise<number[]> {
  const processes = hotel.processes.filter(({ name }) => NAMES.includes(name));
  await using testbed = await startTestbed({ processes });
  await sleep(REST_MS);
  return NAMES.map((name) => residentMb(testbed.pid(name)));
}

async function measure(bench: Bench): Promise<Record<string, number>> {
  const embedded = await restEmbedded();
  await using testbed = await startTestbed({ processes: NAMES.map((name) => processOf(name)) });
  const read = () => NAMES.map((name) => residentMb(testbed.pid(name)));
  await sleep(REST_MS);
  const rest = read();
  const booker = await createBooker(testbed, {
    port: testbed.port('DISPO_PORT'),
    pid: testbed.pid('dispo'),
    rooms: 10,
  });
  await booker.book(1, 10, 1);
  const seen: number[][] = [];
  const chunks = Math.max(5, Math.round((bench.minutes * 60) / CHUNK_S));
  const warm = Math.ceil(chunks * WARM_SHARE);
  for (let chunk = 0; chunk < warm + chunks; chunk++) {
    bench.say(`memory: ${chunk * CHUNK_S} of ${(warm + chunks) * CHUNK_S} s`);
    await testbed.generator.untilPlanned({
      port: testbed.port('DISPO_PORT'),
      database: join(testbed.dataDir, 'dispo.sqlite'),
      perSecond: PER_SECOND,
      seconds: CHUNK_S,
      requests: { kind: 'bookings', rooms: 50, from: chunk * CHUNK_S * PER_SECOND, since: '2040-01-01' },
    });
    if (chunk >= warm) seen.push(read());
  }
  const fifth = Math.ceil(chunks / 5);
  return Object.fromEntries(
    NAMES.flatMap((name, i) => {
      const values = seen.map((all) => all[i] ?? 0);
      const early = mean(values.slice(0, fifth));
      const middle = mean(values.slice(2 * fifth, 3 * fifth));
      const late = mean(values.slice(-fifth));
      const figures = {
        embedded: embedded[i] ?? 0,
        rest: rest[i] ?? 0,
        early,
        middle,
        late,
        highest: Math.max(...values),
        growth: bench.minutes >= FLAT_AFTER_MIN ? late / early : Number.NaN,
      };
      return Object.entries(figures).map(([key, value]) => [`${name} ${key}`, value]);
    }),
  );
}

export const memory = {
  question: 'How much memory does it take, and does it stay there?',
  async ask(bench) {
    // Memory does not depend on other users of the machine.
    const sample = { ...(await quietly(() => measure(bench), { ...bench, force: true })), busy: false };
    const samples: Samples = new Map(
      NAMES.map((name) => [
        name,
        [
          {
            ...sample,
            values: Object.fromEntries(columns.map(({ key }) => [key, sample.values[`${name} ${key}`] ?? Number.NaN])),
          },
        ],
      ]),
    );
    return [
      {
        id: 'memory',
        title: `Resident memory as in the images, and over ${bench.minutes} min of ${PER_SECOND} bookings/s, every span`,
        of: 'process',
        columns,
        rows: NAMES.map((name) => rowOf(samples, name, columns)),
        note: `The embedded run starts Node with other flags (\`packages/system/src/memory-saving.ts\`). The same load runs for a fifth as long before measuring. Only runs of ${FLAT_AFTER_MIN} minutes or more show whether memory grows. These figures are shown even if the machine was busy.`,
      },
    ];
  },
} satisfies Question;
