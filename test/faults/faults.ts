import type { Fault } from './fault.ts';
import { clockJumps } from './inject/clock.ts';
import { collectorFaults } from './inject/collector.ts';
import { copies } from './inject/copies.ts';
import { damages } from './inject/damage.ts';
import { lockedDatabases } from './inject/database.ts';
import { diskFull } from './inject/disk-full.ts';
import { endless } from './inject/endless.ts';
import { freezes } from './inject/freeze.ts';
import { kills } from './inject/kill.ts';
import { none } from './inject/none.ts';
import { undeliverables } from './inject/poison.ts';
import { postgresConnections } from './inject/postgres/connections.ts';
import { postgresExhaustion } from './inject/postgres/exhaustion.ts';
import { postgresOutages } from './inject/postgres/outages.ts';
import { readOnly } from './inject/read-only.ts';
import { redisFailovers } from './inject/redis/failover.ts';
import { redisMemory } from './inject/redis/memory.ts';
import { redisOutages } from './inject/redis/outages.ts';
import { redisPlaces } from './inject/redis/places.ts';
import { terminations } from './inject/terminate.ts';
import { unreachable } from './inject/unreachable.ts';

/** All faults, in the order of a run. */
export const faults: readonly Fault[] = [
  none,
  ...kills,
  ...freezes,
  ...redisOutages,
  ...redisMemory,
  ...redisPlaces,
  ...redisFailovers,
  ...collectorFaults,
  ...unreachable,
  ...clockJumps,
  ...postgresOutages,
  ...postgresConnections,
  ...postgresExhaustion,
  ...lockedDatabases,
  ...damages,
  diskFull,
  readOnly,
  ...terminations,
  ...undeliverables,
  endless,
  copies,
];
