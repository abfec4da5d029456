import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// All processes started by tests share one compile cache, as those of a running system do.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '.hotel/compile-cache');

/**
 * Tests that prove the other tests, the guides and robustness. They take so long that `test:proofs` runs them instead of `test`, where
 * most have a shorter counterpart.
 */
const proofs = [
  'bench/test/cost.test.ts',
  'cleaning/test/{frozen-worker,postgres-process}.test.ts',
  'dev/test/{scale,supervise/changes}.test.ts',
  'dispo/test/postgres-{process,shutdown}.test.ts',
  'examples/*/test/{exercise*,readme}.test.ts',
  'examples/{bands,polyglot,reservations}/test/*.test.ts',
  'packages/watch/test/restart.test.ts',
  'test/commands/every-help.test.ts',
  'test/copies/*.test.ts',
  'test/e2e/{backup,front-desk-page,off,tls,redis/*}.test.ts',
  'test/faults/{selection,shutdown}.test.ts',
  'test/hostile/{attack,context,overload}.test.ts',
  'test/manifests/broken*.test.ts',
  'test/mutations/mutations.test.ts',
  'test/storage/storage.test.ts',
  'test/tutorials/*.test.ts',
  'viewer/test/browser/{accessible,large}.test.ts',
  'viewer/test/pages/every-page.test.ts',
];
/**
 * Tests that change their process, like the global providers of OpenTelemetry. All others share one process per worker: half of a short
 * test's time is the start of its process, and systems and browsers are shared as well. Shared helpers register no hooks when they are
 * imported: that would be for the first file only.
 */
const isolated = [
  'packages/telemetry/src/{edges,metrics,propagation,setup}/**/*.test.ts',
  'packages/telemetry/src/off.test.ts',
];
/** `--mode postgres`: whole hotels with three replicas of each service, and tests of one service that need a database. */
const postgres = [
  'test/{e2e,hostile}/**/*.test.ts',
  'dispo/src/{bookings,outbox,replay,rooms}/*.test.ts',
  'dispo/test/{entity-tags,queue,refusals}.test.ts',
  'cleaning/test/{broken-redis,dead-letters,shutdown,worker}.test.ts',
];
/** `test` runs this selection of them, with two replicas. */
const selectedOnPostgres = ['test/e2e/booking.test.ts'];
/** Needs PostgreSQL or replicas. The tests that need SQLite are skipped by `isOnPostgres`, with their reason. */
const onlyOnPostgres = ['test/e2e/postgres/*.test.ts'];
const notOurs = ['**/node_modules/**', '**/.hotel/**'];

/** `--mode unit`: the tests beside the sources. `--mode proofs`: only the proofs. Otherwise: all but the proofs. */
function projectsOf(mode: string) {
  const isUnit = mode === 'unit';
  const exclude = [...notOurs, ...proofs, ...onlyOnPostgres, ...(isUnit ? ['**/test/**'] : [])];
  const onPostgres = (include: string[], replicas: number) => ({
    ...{ name: 'postgres', include, exclude: notOurs },
    env: { HOTEL_TEST_REPLICAS: String(replicas) },
  });
  if (mode === 'proofs') return [{ name: mode, include: proofs, exclude: notOurs, isolate: true }];
  if (mode === 'postgres') return [onPostgres(postgres, 3)];
  return [
    { name: 'isolated', include: isolated, exclude, isolate: true },
    { name: 'shared', include: ['**/*.test.ts'], exclude: [...exclude, ...isolated] },
    ...(isUnit ? [] : [onPostgres(selectedOnPostgres, 2)]),
  ];
}

/** In this order, files of one project after the other: a worker serves one project. */
const ORDER = ['postgres', 'shared', 'isolated'];

/** Starts the files of systems and processes before those beside the sources, so that no worker has a long file at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ project, moduleId }: TestSpecification) =>
      2 * ORDER.indexOf(project.name) + (moduleId.includes('/test/') ? 0 : 1);
    return (await super.sort(files)).toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

const cores = availableParallelism();

export default defineConfig(({ mode }) => ({
  test: {
    environment: 'node',
    pool: 'forks',
    isolate: false,
    // Tests of whole systems mostly wait. Each worker may start a hotel and a browser, so there are not twice as many on large machines.
    maxWorkers: cores === 1 ? 2 : cores + 4,
    sequence: { sequencer: LongestFirst },
    // No test asserts how fast something is; these only end what hangs, also on a machine that is several times slower.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
    passWithNoTests: false,
    globalSetup: 'packages/postgres/test/lend-server.ts',
    reporters: ['default', './test/summary-reporter.ts'],
    projects: projectsOf(mode).map((test) => ({ extends: true, test })),
  },
}));
