/** `pnpm test:faults`: injects faults for a given time and reports the results. */
import { runCommand, UsageError } from '@hotel/cli';
import { replicaCount } from 'dev/replica-count';
import type { DatabaseKind } from './databases.ts';
import { faults } from './faults.ts';
import { createModel } from './load/model.ts';
import { createRandom } from './load/random.ts';
import { type RoundResult, runRound } from './round.ts';
import { isClean, renderCounts, renderFindings, renderTable } from './verify/report.ts';
import { startWorld } from './world.ts';

const USAGE = `Usage: npx -y pnpm@12 test:faults [OPTIONS]

Runs the hotel under load, injects faults, and reports what was lost, duplicated or wrong.

  --postgres       a private PostgreSQL instead of SQLite, and its faults
  --scale=N        N processes of each service (1 to 9); needs --postgres
  --minutes=N      starts no round after N minutes (30), but injects every fault at least once
  --seed=N         repeats the operations and faults of an earlier run; their exact times differ
  --only=TEXT      only faults whose name contains TEXT; repeatable
  --connections=N  number of concurrent requests (4)
  --short          each fault lasts just long enough to be detected
  --help           prints this text`;

const SETTLE_MS = 30_000;

const options = {
  postgres: { type: 'boolean', default: false },
  scale: { type: 'string' },
  minutes: { type: 'string', default: '30' },
  seed: { type: 'string', default: String(Date.now() % 2 ** 32) },
  only: { type: 'string', multiple: true, default: [] as string[] },
  connections: { type: 'string', default: '4' },
  short: { type: 'boolean', default: false },
} as const;

function chosenFaults(only: readonly string[], kind: DatabaseKind): typeof faults {
  const possible = faults.filter(({ database = kind }) => database === kind);
  if (only.length === 0) return possible;
  const chosen = possible.filter(({ name }) => only.some((text) => name.includes(text)));
  if (chosen.length > 0) return chosen;
  throw new UsageError(
    `No fault is called ${only.join(' or ')}. There are:\n${possible.map(({ name }) => `  ${name}`).join('\n')}`,
  );
}

function positive(name: string, text: string): number {
  if (Number(text) > 0) return Number(text);
  throw new UsageError(`--${name} takes a number above 0, not "${text}"`);
}

await runCommand({ usage: USAGE, options }, async ({ values }) => {
  const database = values.postgres ? 'postgres' : 'sqlite';
  const scale = replicaCount(values);
  const chosen = chosenFaults(values.only, database);
  const limitMinutes = positive('minutes', values.minutes);
  const connections = positive('connections', values.connections);
  const seed = Number(values.seed);
  if (!Number.isInteger(seed)) throw new UsageError(`--seed takes a whole number, not "${values.seed}"`);
  console.log(`${database}, ${scale} of each process, seed ${seed}, ${limitMinutes} minutes, ${chosen.length} faults`);
  const random = createRandom(seed);
  const begun = performance.now();
  const minutes = () => (performance.now() - begun) / 60_000;
  const model = createModel();
  const results: RoundResult[] = [];
  await using world = await startWorld({ database, scale });
  for (let turn = 0; turn === 0 || minutes() < limitMinutes; turn++) {
    for (const fault of turn === 0 ? chosen : random.shuffle(chosen)) {
      if (turn > 0 && minutes() >= limitMinutes) break;
      const result = await runRound({
        ...{ world, model, fault, random: random.fork(), settleMs: SETTLE_MS },
        ...{ connections: connections, thorough: !values.short },
      });
      results.push(result);
      const verdict = result.skipped ? `skipped: ${result.skipped}` : isClean(result) ? 'kept' : 'BROKEN';
      console.log(`${minutes().toFixed(1)} min  ${fault.name}: ${result.acknowledged} acknowledged, ${verdict}`);
      if (!isClean(result)) console.log(renderFindings(result));
    }
  }
  console.log(`\nseed ${seed}, ${minutes().toFixed(1)} minutes, ${connections} connections\n`);
  console.log(`${renderCounts(results)}\n`);
  console.log(renderTable(results));
  return results.every(isClean) ? 0 : 1;
});
