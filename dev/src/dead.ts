import { runCommand } from '@hotel/cli';
import { portOffset } from './cli/port-offset.ts';
import { terminalOf } from './cli/terminal.ts';
import { options, PAGE, readAction } from './dead/action.ts';
import { openDeadQueue } from './dead/queue.ts';
import { connect, deadTarget, prefixOf } from './dead/target.ts';

const USAGE = `Usage: npx -y pnpm@12 dead list [--skip N] [--limit N]
       npx -y pnpm@12 dead show ID
       npx -y pnpm@12 dead redrive ID | --all
       npx -y pnpm@12 dead drop ID [--yes]

Handles dead letters: events that cleaning-worker could not process. They are kept in the queue
cleaning-dead, and their bookings have "cleaning": "failed".

  list             a page of dead letters, oldest first (--limit N: ${PAGE} by default)
  show ID          one dead letter: reason, time, trace and message
  redrive ID       requeues the event in its own trace; the dead letter is deleted when it succeeds
  redrive --all    requeues all of them, at the speed of the worker
  drop ID          deletes it after a question, or without one with --yes. The booking stays failed
                   until it is planned again (POST /api/v1/bookings/:id/replan)
  --port-offset=N  the offset of the run, as given to \`dev\`
  --help           print this text

Environment variables:
  REDIS_URL             default: the Redis of the run, else redis://127.0.0.1:6379
  HOTEL_QUEUE_PREFIX    default: hotel
  DISPO_INTERNAL_URL    for drop; default: that of the run, else http://127.0.0.1:9080
  HOTEL_INTERNAL_TOKEN  for drop, if dispo requires a token`;

await runCommand({ usage: USAGE, options, positionals: 2 }, async (given) => {
  const action = readAction(given);
  const target = await deadTarget(process.env, portOffset(given.values['port-offset']));
  await using redis = await connect(target.redisUrl);
  await using queue = openDeadQueue(redis, prefixOf(target), () => new Date());
  console.log(await action({ queue, dispo: target.dispo, terminal: terminalOf(process.stdout, process.env) }));
  return 0;
});
