import { createBooker } from '../bookings.ts';
import { foreignCores, readMachine } from '../machine/busy.ts';
import type { Variant } from '../question.ts';
import type { Testbed } from '../testbed.ts';
import { portOf, processesOf } from './beds.ts';
import { type IntakePoint, points } from './points.ts';
import { perBooking, readUsage } from './usage.ts';

const WARM_S = 0.7;
const MEASURE_S = 2.5;
const ROOMS = 50;
/** Nights of the contended room, apart from those of the other measurements. */
const CONTENDED_SINCE = '2200-01-01';

/** Books for some seconds on systems that stay up, so that a point takes no longer than its load. */
export async function intakeVariants(beds: Record<IntakePoint['database'], Testbed>): Promise<Variant[]> {
  const made = { sqlite: 0, postgres: 0 };
  const inOneRoom = { made: 0 };
  for (const bed of Object.values(beds)) {
    await createBooker(bed, { port: portOf(bed, 'dispo-1'), pid: bed.pid('dispo-1'), rooms: 10 });
  }
  return points.map((point) => ({
    name: point.name,
    async measure() {
      const bed = beds[point.database];
      const dispos = processesOf(point);
      const book = async (seconds: number) => {
        const requests = point.contended
          ? { rooms: 1, from: inOneRoom.made, since: CONTENDED_SINCE }
          : { rooms: ROOMS, from: made[point.database] };
        const result = await bed.generator.closedLoop({
          port: dispos.map((name) => portOf(bed, name)),
          connections: point.connections,
          seconds,
          requests: { kind: 'bookings', ...requests },
        });
        if (point.contended) inOneRoom.made += result.requests;
        else made[point.database] += result.requests;
        return result;
      };
      await book(WARM_S);
      const machine = readMachine();
      const before = readUsage(bed, dispos, []);
      const { perSecond, p50Ms, p99Ms, requests } = await book(MEASURE_S);
      const cpu = perBooking(before, readUsage(bed, dispos, []), requests);
      const after = readMachine();
      // Of the measured seconds alone: the model needs the cores that were left then.
      const foreign = machine && after ? { foreign: foreignCores(machine, after) } : {};
      return { perSecond, p50Ms, p99Ms, ...cpu, ...foreign };
    },
  }));
}
