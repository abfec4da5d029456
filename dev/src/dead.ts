import { createInterface } from 'node:readline/promises';
import type { InternalTarget } from '@hotel/contracts';
import { runCommand } from './cli/command.ts';
import { CommandError, parseOptions, UsageError } from './cli/options.ts';
import { terminalOf } from './cli/terminal.ts';
import { type DeadQueue, openDeadQueue } from './dead/queue.ts';
import { connect, deadTarget } from './dead/target.ts';
import { renderLetter, renderList } from './dead/view.ts';

const USAGE = `Usage: pnpm dead list | show ID | redrive ID | redrive --all | drop ID [--yes]

The events that cleaning-worker has given up: they wait in the queue cleaning-dead, and their bookings say "failed".

  list           all of them, the oldest first
  show ID        one of them: why, when, its trace, and the message itself
  redrive ID     puts it back on the queue, in its own trace; it leaves the dead letters when it has succeeded
  redrive --all  puts all of them back, for instance when the worker knows more than it did
  drop ID        gives it up for good: the booking stays failed. Asks before it does; --yes is the answer
  --help         this text

Settings (environment): REDIS_URL, HOTEL_QUEUE_PREFIX and, for drop, DISPO_INTERNAL_URL (the run on this data, else
redis://127.0.0.1:6379, hotel and http://127.0.0.1:9080), and HOTEL_INTERNAL_TOKEN where dispo asks for it.`;

await runCommand(async (args) => {
  const options = {
    all: { type: 'boolean' },
    yes: { type: 'boolean', short: 'y' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  const { values, positionals } = parseOptions(args, options, USAGE, 2);
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [verb, id] = positionals;
  const { all = false, yes = false } = values;
  const act = chooseAct(verb, id, { all, yes });
  const target = await deadTarget(process.env);
  await using redis = await connect(target.redisUrl);
  await using queue = openDeadQueue(redis, target.prefix, () => new Date());
  console.log(await act(queue, target.dispo));
  return 0;
});

type Act = (queue: DeadQueue, dispo: InternalTarget) => Promise<string>;

/** What the arguments ask for. @throws UsageError before anything is connected */
function chooseAct(
  verb: string | undefined,
  id: string | undefined,
  { all, yes }: { all: boolean; yes: boolean },
): Act {
  const wrong = (what: string) => new UsageError(`${what}\n\n${USAGE}`);
  if (all && verb !== 'redrive') throw wrong('--all is for redrive.');
  if (yes && verb !== 'drop') throw wrong('--yes is for drop.');
  switch (verb) {
    case 'list':
      if (id !== undefined) throw wrong(`Unexpected argument '${id}'`);
      return async (queue) => renderList(await queue.list(), terminalOf(process.stdout, process.env));
    case 'redrive':
      if ((id !== undefined) === all) throw wrong('Say which one: redrive ID, or redrive --all.');
      return (queue) => redrive(queue, id);
    case 'show':
    case 'drop':
      if (id === undefined) throw wrong(`Say which one: ${verb} ID.`);
      if (verb === 'show') return async (queue) => renderLetter(await queue.find(id));
      if (!yes && !process.stdin.isTTY) throw wrong('There is nobody to ask whether to drop it: add --yes.');
      return (queue, dispo) => drop(queue, id, dispo, yes);
    case undefined:
      throw wrong('Say what to do.');
    default:
      throw wrong(`'${verb}' is not among what it can do.`);
  }
}

async function redrive(queue: DeadQueue, id: string | undefined): Promise<string> {
  const found = id === undefined ? await queue.list() : [await queue.find(id)];
  if (found.length === 0) return 'There are no dead letters.';
  const lines: string[] = [];
  for (const one of found) {
    if (!one.isOnItsWay) await queue.redrive(one);
    const traceId = one.letter.traceparent?.split('-')[1];
    const look = traceId ? `; its trace: npx -y pnpm@12 trace ${traceId}` : '';
    lines.push(`${one.id} is ${one.isOnItsWay ? 'on its way already' : 'put back'}${look}`);
  }
  return lines.join('\n');
}

async function drop(queue: DeadQueue, id: string, dispo: InternalTarget, yes: boolean): Promise<string> {
  const one = await queue.find(id);
  if (!yes) {
    console.log(renderLetter(one));
    const readline = createInterface({ input: process.stdin, output: process.stdout });
    const answer = await readline.question('\nGive it up for good? [y/N] ').finally(() => readline.close());
    if (!/^y(es)?$/i.test(answer.trim())) throw new CommandError('Nothing is dropped.');
  }
  await queue.drop(one, dispo);
  return `${id} is dropped.`;
}
