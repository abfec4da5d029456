import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBooker } from '../bookings.ts';
import type { Column, Figure } from '../figures/answer.ts';
import { compare, figureOf, type Samples } from '../figures/samples.ts';
import { owners } from '../profile/owners.ts';
import { type Profile, sharesOf } from '../profile/shares.ts';
import { interleave, type Question } from '../question.ts';
import { dispoAlone, startTestbed, type Testbed } from '../testbed.ts';

const CONNECTIONS = 32;
const MEASURE_S = 3;
const WRITTEN_WITHIN_MS = 10_000;
const preload = new URL('../programs/profile.ts', import.meta.url).href;
const off = 'telemetry off';
const all = 'every span';

const columns: Column[] = [
  { key: 'off', title: 'telemetry off, us/POST' },
  { key: 'all', title: 'every span, us/POST' },
  { key: 'more', title: 'more, us' },
];

/** The cost of a booking per owner: the process's CPU time, divided by the shares of a profile. */
async function measure(traced: boolean): Promise<Record<string, number>> {
  await using testbed = await startTestbed({ processes: [dispoAlone({ nodeArgs: ['--import', preload] })], traced });
  const pid = testbed.pid('dispo');
  const booker = await createBooker(testbed, { port: testbed.port('DISPO_PORT'), pid, rooms: 10 });
  await booker.warm(CONNECTIONS);
  process.kill(pid, 'SIGUSR2');
  await sleep(100);
  const { cpuUs } = await booker.book(CONNECTIONS, MEASURE_S);
  process.kill(pid, 'SIGUSR2');
  const shares = sharesOf(await profileOf(testbed));
  return Object.fromEntries(owners.map((owner) => [owner, (shares.get(owner) ?? 0) * cpuUs]));
}

async function profileOf({ dataDir }: Testbed): Promise<Profile> {
  const signal = AbortSignal.timeout(WRITTEN_WITHIN_MS);
  for (;;) {
    try {
      return JSON.parse(await readFile(join(dataDir, 'profile.json'), 'utf8')) as Profile;
    } catch {
      // Missing or incomplete.
      await sleep(100, undefined, { signal });
    }
  }
}

function figures(samples: Samples, owner: string): Record<string, Figure> {
  const own = (name: string) => figureOf(samples.get(name) ?? [], ({ values }) => values[owner]);
  const more = compare(samples, all, off, (mine, other) => (mine[owner] ?? 0) - (other[owner] ?? 0));
  return { off: own(off), all: own(all), ...(more ? { more } : {}) };
}

export const profile = {
  question: 'Where does the time of a booking go?',
  async ask(bench) {
    const samples = await interleave(bench, [
      { name: off, measure: () => measure(false) },
      { name: all, measure: () => measure(true) },
    ]);
    return [
      {
        id: 'profile',
        title: `POST /api/v1/bookings, ${CONNECTIONS} connections, by V8's profiler`,
        of: 'owner',
        columns,
        rows: owners.map((owner) => ({ name: owner, figures: figures(samples, owner) })),
        note: 'CPU time, divided in proportion to the samples of the main thread when it was not idle. Waiting for an fsync counts as SQLite, at the expense of the others. The profiler itself costs a little.',
      },
    ];
  },
} satisfies Question;
