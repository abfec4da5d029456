import { createInterface } from 'node:readline/promises';
import { CommandError, runCommand, UsageError } from '@hotel/cli';
import type { InternalTarget } from '@hotel/contracts';
import { portOffset } from './cli/port-offset.ts';
import { terminalOf } from './cli/terminal.ts';
import { type DeadQueue, openDeadQueue } from './dead/queue.ts';
import { redriveAll } from './dead/redrive-all.ts';
import { connect, deadTarget, prefixOf } from './dead/target.ts';
import { type Row, renderDeadLetter, renderList, toRow } from './dead/view.ts';

const PAGE = 50;
const MAX_PAGE = 500;
/** Jobs that may wait for the worker, and how long it may take none. */
const REDRIVE = { maxWaiting: 1_000, stallTimeoutMs: 60_000 };

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

const options = {
  all: { type: 'boolean' },
  skip: { type: 'string' },
  limit: { type: 'string' },
  yes: { type: 'boolean', short: 'y' },
  'port-offset': { type: 'string' },
} as const;

await runCommand({ usage: USAGE, options, positionals: 2 }, async ({ values, positionals }) => {
  const [verb, id] = positionals;
  const { all = false, yes = false } = values;
  if ((values.skip ?? values.limit) !== undefined && verb !== 'list') {
    throw new UsageError('--skip and --limit belong to list.');
  }
  const page = { skip: count('skip', values.skip, 0, 0), limit: count('limit', values.limit, PAGE, 1, MAX_PAGE) };
  const action = selectAction(verb, id, { all, yes, page });
  const target = await deadTarget(process.env, portOffset(values['port-offset']));
  await using redis = await connect(target.redisUrl);
  await using queue = openDeadQueue(redis, prefixOf(target), () => new Date());
  console.log(await action(queue, target.dispo));
  return 0;
});

type Action = (queue: DeadQueue, dispo: InternalTarget) => Promise<string>;

/** Selects the action. @throws UsageError before anything is connected */
function selectAction(
  verb: string | undefined,
  id: string | undefined,
  { all, yes, page }: { all: boolean; yes: boolean; page: { skip: number; limit: number } },
): Action {
  const wrong = (what: string) => new UsageError(what);
  if (all && verb !== 'redrive') throw wrong('--all belongs to redrive.');
  if (yes && verb !== 'drop') throw wrong('--yes belongs to drop.');
  switch (verb) {
    case 'list':
      if (id !== undefined) throw wrong(`Unexpected argument '${id}'`);
      return (queue) => list(queue, page);
    case 'redrive':
      if ((id !== undefined) === all) throw wrong('Name a dead letter (redrive ID) or use redrive --all.');
      return (queue) => (id === undefined ? redriveEach(queue) : redrive(queue, id));
    case 'show':
    case 'drop':
      if (id === undefined) throw wrong(`Name a dead letter: ${verb} ID.`);
      if (verb === 'show') return async (queue) => renderDeadLetter(await queue.find(id));
      if (!yes && !process.stdin.isTTY)
        throw wrong('This is not a terminal, so drop cannot ask for confirmation: add --yes.');
      return (queue, dispo) => drop(queue, id, dispo, yes);
    case undefined:
      throw wrong('Name a command.');
    default:
      throw wrong(`Unknown command '${verb}'.`);
  }
}

function count(name: string, text: string | undefined, byDefault: number, min: number, max = Number.MAX_SAFE_INTEGER) {
  if (text === undefined) return byDefault;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  const bounds = max === Number.MAX_SAFE_INTEGER ? `at least ${min}` : `from ${min} to ${max}`;
  throw new UsageError(`--${name} ${text} is not a whole number ${bounds}.`);
}

async function list(queue: DeadQueue, page: { skip: number; limit: number }): Promise<string> {
  const rows: Row[] = [];
  for await (const found of queue.list(page)) rows.push(...found.map(toRow));
  const total = await queue.count();
  return renderList(rows, { skip: page.skip, total, terminal: terminalOf(process.stdout, process.env) });
}

async function redrive(queue: DeadQueue, id: string): Promise<string> {
  const one = await queue.find(id);
  if (!one.isRequeued) await queue.redrive(one);
  const traceId = one.deadLetter.traceparent?.split('-')[1];
  const hint = traceId ? `; its trace: npx -y pnpm@12 trace ${traceId}` : '';
  return `${id} is ${one.isRequeued ? 'already in the queue' : 'requeued'}${hint}`;
}

async function redriveEach(queue: DeadQueue): Promise<string> {
  const onProgress = (done: number, all: number) => {
    if (done % 1_000 === 0) console.log(`${done} of ${all}`);
  };
  const { requeued, alreadyQueued } = await redriveAll(queue, { ...REDRIVE, onProgress });
  if (requeued + alreadyQueued === 0) return 'There are no dead letters.';
  return `${requeued} requeued, ${alreadyQueued} already in the queue. Check for new failures with: npx -y pnpm@12 dead list`;
}

async function drop(queue: DeadQueue, id: string, dispo: InternalTarget, yes: boolean): Promise<string> {
  const one = await queue.find(id);
  if (!yes) {
    console.log(renderDeadLetter(one));
    const readline = createInterface({ input: process.stdin, output: process.stdout });
    const answer = await readline.question('\nDelete it? [y/N] ').finally(() => readline.close());
    if (!/^y(es)?$/i.test(answer.trim())) throw new CommandError('Nothing was dropped.');
  }
  await queue.drop(one, dispo);
  return `${id} was dropped.`;
}
