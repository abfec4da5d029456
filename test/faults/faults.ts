import type { Fault } from './fault.ts';
import { clockJumps } from './inject/clock.ts';
import { collectorFaults } from './inject/collector.ts';
import { lockedDatabases } from './inject/database.ts';
import { kills } from './inject/kill.ts';
import { none } from './inject/none.ts';
import { redisFaults } from './inject/redis.ts';
import { terminations } from './inject/terminate.ts';
import { unreachable } from './inject/unreachable.ts';

/** Everything that is broken, in the order of a run. */
export const faults: readonly Fault[] = [
  none,
  ...kills,
  ...redisFaults,
  ...collectorFaults,
  ...unreachable,
  clockJumps,
  ...lockedDatabases,
  ...terminations,
];
