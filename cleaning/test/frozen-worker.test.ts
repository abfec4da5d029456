import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dialects, openTestDatabase, type TestDatabase } from './databases.ts';
import { eventOf } from './fixtures.ts';
import { api, freezingWorker, openProcesses, type Processes, worker } from './processes.ts';

const created = eventOf('booking.created');
const moved = eventOf('booking.changed', { revision: 2, room_id: 2, room: '102' });

describe.each(dialects)('a frozen worker on %s', (dialect) => {
  let database: TestDatabase;
  let processes: Processes;
  beforeEach(async () => {
    database = await openTestDatabase(dialect);
    processes = await openProcesses(database.env);
    await processes.startRedis();
  });
  afterEach(async () => {
    await processes[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });
  const includes = (text: string) => () => processes.lines.some((line) => line.text.includes(text));
  it.each(['before', 'after'])(
    'neither confirms nor overwrites anything when it resumes after it lost its job, suspended %s the effect',
    async (point) => {
      const { dispo, env } = processes;
      await (await processes.start(api)).ready();
      const frozen = await processes.start(freezingWorker, { FREEZE: point, WORKER_INTERNAL_PORT: '0' });
      await processes.send(created);
      await expect.poll(includes('frozen')).toBe(true);

      await processes.start(worker);
      await expect.poll(() => dispo.calls.length).toBe(1);
      await processes.send(moved);
      await expect.poll(() => dispo.calls.length).toBe(2);

      frozen.kill('SIGCONT');
      await expect.poll(includes('LockLostError')).toBe(true);
      expect(await frozen.stop()).toEqual({ code: 0, signal: null, forced: false });
      expect(dispo.calls.map(({ body }) => body)).toEqual([
        { event_id: created.id, revision: 1, result: 'planned' },
        { event_id: moved.id, revision: 2, result: 'planned' },
      ]);
      const days = `http://127.0.0.1:${env.CLEANING_PORT}/api/v1/days?start=2027-02-06&end=2027-02-06`;
      expect(await (await fetch(days)).json()).toEqual([{ day: '2027-02-06', room: '102', final: 1 }]);
      expect(
        await processes.withQueue((queue) => queue.getJobCounts('active', 'waiting', 'delayed', 'failed')),
      ).toEqual({
        active: 0,
        waiting: 0,
        delayed: 0,
        failed: 0,
      });
    },
  );
});
