import { createInterface } from 'node:readline/promises';
import { type Arguments, CommandError, UsageError } from '@hotel/cli';
import type { InternalTarget } from '@hotel/contracts';
import type { Terminal } from '../cli/terminal.ts';
import type { DeadQueue } from './queue.ts';
import { redriveAll } from './redrive-all.ts';
import { type Row, renderDeadLetter, renderList, toRow } from './view.ts';

export const PAGE = 50;
const MAX_PAGE = 500;
/** Limits of `redrive --all`: jobs that wait for the worker, and the time in which it takes none. */
const REDRIVE = { maxWaiting: 1_000, stallTimeoutMs: 60_000 };

export const options = {
  all: { type: 'boolean' },
  skip: { type: 'string' },
  limit: { type: 'string' },
  yes: { type: 'boolean', short: 'y' },
  'port-offset': { type: 'string' },
} as const;

interface Context {
  queue: DeadQueue;
  dispo: InternalTarget;
  terminal: Terminal;
}

/** Resolves to the text to print. */
type Action = (context: Context) => Promise<string>;

/** Selects the action. @throws UsageError before anything is connected */
export function readAction({ values, positionals }: Arguments<typeof options>): Action {
  const [verb, id] = positionals;
  const { all = false, yes = false } = values;
  if ((values.skip ?? values.limit) !== undefined && verb !== 'list') {
    throw new UsageError('--skip and --limit belong to list.');
  }
  const page = { skip: count('skip', values.skip, 0, 0), limit: count('limit', values.limit, PAGE, 1, MAX_PAGE) };
  const wrong = (what: string) => new UsageError(what);
  if (all && verb !== 'redrive') throw wrong('--all belongs to redrive.');
  if (yes && verb !== 'drop') throw wrong('--yes belongs to drop.');
  switch (verb) {
    case 'list':
      if (id !== undefined) throw wrong(`Unexpected argument '${id}'`);
      return ({ queue, terminal }) => list(queue, page, terminal);
    case 'redrive':
      if ((id !== undefined) === all) throw wrong('Name a dead letter (redrive ID) or use redrive --all.');
      return ({ queue }) => (id === undefined ? redriveEach(queue) : redrive(queue, id));
    case 'show':
    case 'drop':
      if (id === undefined) throw wrong(`Name a dead letter: ${verb} ID.`);
      if (verb === 'show') return async ({ queue }) => renderDeadLetter(await queue.find(id));
      if (!yes && !process.stdin.isTTY)
        throw wrong('This is not a terminal, so drop cannot ask for confirmation: add --yes.');
      return ({ queue, dispo }) => drop(queue, id, dispo, yes);
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

async function list(queue: DeadQueue, page: { skip: number; limit: number }, terminal: Terminal): Promise<string> {
  const rows: Row[] = [];
  for await (const found of queue.list(page)) rows.push(...found.map(toRow));
  const total = await queue.count();
  return renderList(rows, { skip: page.skip, total, terminal });
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
