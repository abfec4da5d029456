import { createInterface } from 'node:readline/promises';
import { CommandError, runCommand, UsageError } from '@hotel/cli';
import type { InternalTarget } from '@hotel/contracts';
import { portOffset } from './cli/port-offset.ts';
import { terminalOf } from './cli/terminal.ts';
import { type DeadQueue, openDeadQueue } from './dead/queue.ts';
import { redriveAll } from './dead/redrive-all.ts';
import { connect, deadTarget } from './dead/target.ts';
import { type Row, renderLetter, renderList, toRow } from './dead/view.ts';

const PAGE = 50;
const MAX_PAGE = 500;
/** As many events as the relay hands to Redis at once, and how long the worker may take none. */
const REDRIVE = { maxWaiting: 1_000, patienceMs: 60_000 };

const USAGE = `Usage: npx -y pnpm@12 dead list [--skip N] [--limit N] | show ID | redrive ID | redrive --all | drop ID [--yes]
       each with [--port-offset=N]

The events that cleaning-worker has given up: they wait in the queue cleaning-dead, and their bookings say "failed".

  list             a page of them, the oldest first: ${PAGE}, or --limit N of them, after the first --skip N
  show ID          one of them: why, when, its trace, and the message itself
  redrive ID       puts it back on the queue, in its own trace; it leaves the dead letters when it has succeeded
  redrive --all    puts all of them back, for instance when the worker knows more than it did, as fast as it takes them
  drop ID          gives it up for good: the booking stays failed until somebody has it planned again
                 (POST /api/v1/bookings/:id/replan). Asks before it does; --yes is the answer
  --port-offset=N  of a run on other ports: what \`dev\` was started with
  --help           this text

Settings (environment): REDIS_URL, HOTEL_QUEUE_PREFIX and, for drop, DISPO_INTERNAL_URL (the run on this data, else
redis://127.0.0.1:6379, hotel and http://127.0.0.1:9080), and HOTEL_INTERNAL_TOKEN where dispo asks for it.`;

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
    throw new UsageError(`--skip and --limit are for list.`);
  }
  const page = { skip: count('skip', values.skip, 0, 0), limit: count('limit', values.limit, PAGE, 1, MAX_PAGE) };
  const act = chooseAct(verb, id, { all, yes, page });
  const target = await deadTarget(process.env, portOffset(values['port-offset']));
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
  { all, yes, page }: { all: boolean; yes: boolean; page: { skip: number; limit: number } },
): Act {
  const wrong = (what: string) => new UsageError(`${what}`);
  if (all && verb !== 'redrive') throw wrong('--all is for redrive.');
  if (yes && verb !== 'drop') throw wrong('--yes is for drop.');
  switch (verb) {
    case 'list':
      if (id !== undefined) throw wrong(`Unexpected argument '${id}'`);
      return (queue) => list(queue, page);
    case 'redrive':
      if ((id !== undefined) === all) throw wrong('Say which one: redrive ID, or redrive --all.');
      return (queue) => (id === undefined ? redriveThemAll(queue) : redrive(queue, id));
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
  if (!one.isOnItsWay) await queue.redrive(one);
  const traceId = one.letter.traceparent?.split('-')[1];
  const look = traceId ? `; its trace: npx -y pnpm@12 trace ${traceId}` : '';
  return `${id} is ${one.isOnItsWay ? 'on its way already' : 'put back'}${look}`;
}

async function redriveThemAll(queue: DeadQueue): Promise<string> {
  const onProgress = (done: number, all: number) => {
    if (done % 1_000 === 0) console.log(`${done} of ${all}`);
  };
  const { putBack, onTheirWay } = await redriveAll(queue, { ...REDRIVE, onProgress });
  if (putBack + onTheirWay === 0) return 'There are no dead letters.';
  return `${putBack} put back, ${onTheirWay} on their way already. Those that fail again are in \`pnpm dead list\`.`;
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
