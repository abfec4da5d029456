import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cut } from '../mutations/table.ts';
import type { Fault } from './fault.ts';
import { faults } from './faults.ts';
import { createModel, type Model } from './load/model.ts';
import { createRandom } from './load/random.ts';
import { type RoundResult, runRound } from './round.ts';
import { isClean, renderFindings } from './verify/report.ts';
import { startWorld, type World, type WorldOptions } from './world.ts';

/** Printed with every failure, for `pnpm test:faults --seed`. */
const SEED = 20_261_121;
const ROUND_MS = 180_000;

/** One or two faults of each kind; `pnpm test:faults` runs all of them, for longer. */
const selection = [
  'kill -9 cleaning-worker',
  'Redis restarted empty',
  'Redis gone, and dispo killed meanwhile',
  'OTLP collector hangs',
  'clock jumps forth by a day, and returns',
  'dispo.sqlite damaged: emptied',
  'poison jobs between good ones',
];
/** With replicas, on PostgreSQL. */
const scaledSelection = ['cleaning-worker frozen', 'PostgreSQL killed and restarted'];

function faultOf(name: string): Fault {
  const fault = faults.find((one) => one.name === name);
  if (!fault) throw new Error(`no fault is called ${name}`);
  return { ...fault, times: 1 };
}

const random = createRandom(SEED);

function round(world: World, model: Model, name: string, settleMs: number): Promise<RoundResult> {
  const fault = faultOf(name);
  return runRound({ world, model, fault, random: random.fork(), connections: 4, thorough: false, settleMs });
}

/** Registers the rounds of a world. */
function afterEachOf(names: readonly string[], options: WorldOptions): void {
  let world: World;
  const model = createModel();
  beforeAll(async () => {
    world = await startWorld(options);
  });
  afterAll(() => world?.[Symbol.asyncDispose]());

  it.each(names)(
    'after %s',
    async (name) => {
      const result = await round(world, model, name, 60_000);
      expect(result.acknowledged).toBeGreaterThan(0);
      if (!isClean(result)) throw new Error(`seed ${SEED}:\n${renderFindings(result)}`);
    },
    ROUND_MS,
  );
}

describe('every acknowledged operation is present once, and planned', () => {
  afterEachOf(selection, {});
});

// Only Linux distributes the connections of a port among processes.
describe.runIf(process.platform === 'linux')(
  'on PostgreSQL, with three processes of each service, every acknowledged operation is present once, and planned',
  () => {
    afterEachOf(scaledSelection, { database: 'postgres', scale: 3 });
  },
);

describe('the harness', () => {
  /** The event is handed to the relay without being written to the outbox. */
  const withoutOutbox: Cut[] = [
    { file: 'dispo/src/outbox/store.ts', find: 'yield* statements.insert({', replace: "((_row: unknown) => '')({" },
  ];

  it(
    'with the outbox bypassed it reports loss',
    async () => {
      await using world = await startWorld({ cuts: withoutOutbox });
      const { findings } = await round(world, createModel(), 'Redis gone, and dispo killed meanwhile', 2_000);
      expect(findings.lost.join('\n')).toMatch(/events have never been processed/);
    },
    ROUND_MS,
  );
});
