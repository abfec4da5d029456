import type { Arguments } from '@hotel/cli';
import type { CommandContext } from '../cli/context.ts';
import { portOffset } from '../cli/port-offset.ts';
import { options, PAGE, readAction } from './action.ts';
import { openDeadQueue } from './queue.ts';
import { connect, deadTarget, prefixOf } from './target.ts';

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
  drop ID          deletes it, after asking unless --yes is given. The booking stays failed
                   until it is planned again (POST /api/v1/bookings/:id/replan)
  --port-offset=N  the offset of the run, as given to \`dev\`
  --help           print this text

Environment variables:
  REDIS_URL             default: the Redis of the run, else redis://127.0.0.1:6379
  HOTEL_QUEUE_PREFIX    default: hotel
  DISPO_INTERNAL_URL    for drop; default: that of the run, else http://127.0.0.1:9080
  HOTEL_INTERNAL_TOKEN  for drop, if dispo requires a token`;

export const command = { usage: USAGE, options, positionals: 2 };

/** Runs `dead` with these arguments. Resolves to the text to print. @throws UsageError @throws CommandError */
export async function dead(
  given: Arguments<typeof options>,
  { env, terminal }: Pick<CommandContext, 'env' | 'terminal'>,
): Promise<string> {
  const action = readAction(given);
  const target = await deadTarget(env, portOffset(given.values['port-offset']));
  await using redis = await connect(target.redisUrl);
  await using queue = openDeadQueue(redis, prefixOf(target), () => new Date());
  // Awaited, so that the connection outlives the action.
  return await action({ queue, dispo: target.dispo, terminal });
}
