import { type Check, checks } from '../e2e/harness/checks.ts';
import { storageChecks } from '../storage/checks.ts';

/** A text in a source file and its replacement. */
export interface Cut {
  /** Relative to the repository's root. */
  file: string;
  find: string;
  replace: string;
}

export interface Mutation {
  /** The removed piece. */
  name: string;
  cuts: Cut[];
  /** The check that must then fail. */
  caughtBy: Check;
  /** Text in its message, so that it fails for the right reason. */
  because: RegExp;
  /** Also applied in the healthy run: conditions that make the cut observable. */
  given?: Cut[];
}

/** A worker started while a span is active, as in programs that trace their own startup. */
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

/** Proves the purpose of each piece of the propagation by removing it; `docs/tracing.md` describes the effect. */
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
        file: 'packages/telemetry/src/edges/redis.ts',
        find: '[ATTR_DB_QUERY_TEXT]: command.name,',
        replace: '[ATTR_DB_QUERY_TEXT]: [command.name, ...command.args].join(" "),',
      },
      // Otherwise only the arguments of the first command would be recorded.
      { file: 'packages/telemetry/src/edges/redis.ts', find: 'if (known) return known;', replace: '' },
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
        file: 'dispo/src/bookings/event.ts',
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
