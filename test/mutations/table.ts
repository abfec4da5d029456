import { type Check, checks } from '../e2e/checks.ts';
import { storageChecks } from '../storage/checks.ts';

/** One piece of text of one source file, and what stands there instead. */
export interface Cut {
  /** From the repository's root. */
  file: string;
  find: string;
  replace: string;
}

export interface Mutation {
  /** What is taken away. */
  name: string;
  cuts: Cut[];
  /** The check that must fail then. */
  caughtBy: Check;
  /** Text that its message must have, so that it is red for the right reason. */
  because: RegExp;
  /** Changed in the healthy run as well: circumstances without which the cut could not be seen. */
  given?: Cut[];
}

/** A worker that is started while a span is active, as it is in programs that trace their own start. */
const startedInsideOfASpan: Cut[] = [
  {
    file: 'cleaning/src/queue/consumer.ts',
    find: 'export function startConsumer(',
    replace: `import { startSend as mutationSpan } from '@hotel/telemetry';
export function startConsumer(options: ConsumerOptions): AsyncDisposable {
  const span = mutationSpan({ queue: 'start', id: 'start', conversationId: 'start' }, {}, 1);
  return span.run(() => startConsumerUnmutated(options));
}
function startConsumerUnmutated(`,
  },
];

/** What each piece of the propagation is for, proven by taking it away: `docs/tracing.md` tells what one sees then. */
export const mutations: Mutation[] = [
  {
    name: 'HTTP inject: the client puts no context into its headers',
    cuts: [
      {
        file: 'packages/telemetry/src/edges/http-client.ts',
        find: 'propagation.inject(here, headers,',
        replace: 'propagation.inject(here, new Headers(),',
      },
    ],
    caughtBy: checks.oneTrace,
    because: /PUT \/internal\/v1\/bookings\/:id\/cleaning/,
  },
  {
    name: 'job inject: the relay puts no context into the message',
    cuts: [{ file: 'dispo/src/outbox/send.ts', find: '...send.carrier,', replace: '' }],
    caughtBy: checks.oneTrace,
    because: /process cleaning/,
  },
  {
    name: "the outbox's context column: the event is stored without the context of its request",
    cuts: [
      {
        file: 'dispo/src/outbox/store.ts',
        find: 'traceparent: context.traceparent ?? null,',
        replace: 'traceparent: null,',
      },
    ],
    caughtBy: checks.crashKeepsTrace,
    because: /send cleaning/,
  },
  {
    name: "the worker's root context: its loop runs in the trace it was started in",
    given: startedInsideOfASpan,
    cuts: [
      {
        file: 'cleaning/src/queue/consumer.ts',
        find: 'const worker = detached(',
        replace: 'const worker = ((start: () => Worker<unknown, void>) => start())(',
      },
    ],
    caughtBy: checks.noOrphans,
    because: /cleaning-worker/,
  },
  {
    name: 'the redaction: Redis spans have the arguments of their commands',
    cuts: [
      {
        file: 'packages/telemetry/src/register.ts',
        find: 'dbStatementSerializer: (command) => command,',
        replace: 'dbStatementSerializer: (command, args) => [command, ...args].join(" "),',
      },
    ],
    caughtBy: checks.noGuestData,
    because: /has left a process in a span/,
  },
  {
    name: 'synchronous=FULL: commits are answered before they are on the disk',
    cuts: [
      { file: 'packages/sqlite/src/sqlite.ts', find: 'opened.pragma(`synchronous = ${synchronous}`);', replace: '' },
    ],
    caughtBy: storageChecks.powerCut,
    because: /is lost/,
  },
  {
    name: 'the wait for the commit: requests are answered before it, and it may fail',
    cuts: [
      {
        file: 'packages/sqlite/src/write-queue.ts',
        find: 'return { value };',
        replace: 'job.resolve(value); return { value };',
      },
    ],
    caughtBy: storageChecks.failedCommit,
    because: /although nothing could be written/,
  },
  {
    name: 'the rollback to a savepoint: what fails half-way is committed with what its neighbours wrote',
    given: [
      {
        file: 'dispo/src/bookings/announce.ts',
        find: 'return outbox.append(',
        replace: "if (room.number === '110') throw new Error('half-way'); return outbox.append(",
      },
    ],
    cuts: [
      {
        file: 'packages/sqlite/src/write-queue.ts',
        find: "if ('error' in outcome) this.rollbackToSavepoint.run();",
        replace: '',
      },
    ],
    caughtBy: storageChecks.halfWritten,
    because: /half written/,
  },
];
