import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './fault.ts';
import { startLoad } from './load/load.ts';
import type { Model } from './load/model.ts';
import type { Random } from './load/random.ts';
import { createFindings, type Findings } from './verify/findings.ts';
import { inspectTraces } from './verify/traces.ts';
import { verify } from './verify/verify.ts';
import type { World } from './world.ts';

/** How long the load runs undisturbed before the first fault and after the last. */
const CALM_MS = 700;
const PAUSE_MS = { min: 200, max: 1_200 };

export interface RoundOptions {
  world: World;
  model: Model;
  fault: Fault;
  random: Random;
  connections: number;
  /** Whether faults last realistically long, rather than just long enough to be noticed. */
  thorough: boolean;
  /** How long the system may take to settle after the repair. */
  settleMs: number;
}

export interface RoundResult {
  fault: string;
  injected: number;
  acknowledged: number;
  findings: Findings;
  /** Traces that lack spans because a process was killed or the collector did not accept them. */
  incompleteTraces: number;
  /** Unanswered requests that the fault allows. */
  unanswered: number;
  latencies: number[];
  /** Why the fault could not be injected. */
  skipped?: string;
}

/** Injects one fault repeatedly under load, repairs everything, lets the system settle, and compares it with the model. */
export async function runRound(options: RoundOptions): Promise<RoundResult> {
  const { world, model, fault, random, connections, thorough, settleMs } = options;
  const findings = createFindings();
  const acknowledgedBefore = model.acknowledged();
  world.sink.clear();
  const load = startLoad({
    dispoUrl: world.url('DISPO_PORT'),
    cleaningUrl: world.url('CLEANING_PORT'),
    model,
    findings,
    random,
    roomIds: [...world.rooms.keys()],
    connections,
    mayBeLate: fault.unanswered === 'late',
  });
  let injected = 0;
  let skipped: string | undefined;
  try {
    await sleep(CALM_MS);
    while (injected < fault.times && skipped === undefined) {
      const problem = await fault.inject({ world, random, thorough, findings });
      if (typeof problem === 'string') skipped = problem;
      else injected++;
      await sleep(random.int(PAUSE_MS.min, PAUSE_MS.max));
    }
    await sleep(CALM_MS);
  } finally {
    await load.stop();
  }
  const unanswered = load.users.flatMap(({ client }) => client.unanswered);
  const succeededUnanswered = load.users.flatMap((user) => user.succeededUnanswered);
  if (fault.unanswered === undefined) findings.wrong.push(...unanswered);
  if (fault.unanswered === 'untaken') {
    findings.wrong.push(...succeededUnanswered.map((what) => `${what} succeeded and was not answered`));
  }
  await fault.mend?.({ world, random, thorough, findings });
  await verify(world, model, findings, settleMs);

  const operations = load.users.flatMap(({ sampled }) => sampled);
  const { broken, strays } = await inspectTraces(world, operations, {
    begun: model.traceIds,
    mustBeWhole: !fault.losesSpans,
  });
  findings.wrong.push(...strays, ...(await world.takeLeaks()));
  if (!fault.losesSpans) findings.wrong.push(...broken);
  return {
    fault: fault.name,
    injected,
    acknowledged: model.acknowledged() - acknowledgedBefore,
    findings,
    incompleteTraces: fault.losesSpans ? broken.length : 0,
    unanswered: fault.unanswered === undefined ? 0 : unanswered.length,
    latencies: load.users.flatMap(({ client }) => client.latencies),
    ...(skipped === undefined ? {} : { skipped }),
  };
}
