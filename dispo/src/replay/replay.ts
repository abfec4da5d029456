import type { CleaningResult, ReplayProgress } from '@hotel/contracts';
import type { Database } from '@hotel/database';
import type { BusinessEvents } from '../events.ts';
import type { Relay } from '../outbox/relay.ts';
import type { ReplayRepository } from './repository.ts';

type Outdated = Extract<CleaningResult, { result: 'outdated' }>;

/**
 * Brings cleaning in line with this database. A replay publishes everything page by page in a new epoch, so that
 * cleaning can delete what it only knows from an older one.
 */
export interface Replay {
  republish: ReplayRepository['republish'];
  /**
   * Resolves an `outdated` result: normal for an old event; for a current one the database was restored from a backup.
   */
  resolveOutdated(result: Outdated): Promise<void>;
  /** @returns the epoch of the replay */
  begin(): Promise<string>;
  step(after: number): Promise<ReplayProgress>;
  /** Call once everything is confirmed and cleaning has deleted the rest. */
  finish(): Promise<void>;
  /** Readiness check. @throws Error that says what to do */
  check(): Promise<string>;
}

const reasons = {
  restored: 'the database was restored from a backup',
  conflict: 'cleaning has later revisions than the database, which was restored from a backup',
  replaying: 'a replay has not been finished',
};

export function createReplay(deps: {
  database: Pick<Database, 'epoch' | 'beginEpoch'>;
  repository: ReplayRepository;
  relay: Pick<Relay, 'publish'>;
  businessEvents: Pick<BusinessEvents, 'historyConflict'>;
}): Replay {
  const { database, repository, relay, businessEvents } = deps;
  return {
    republish: repository.republish,
    async resolveOutdated({ event_id, epoch = '' }) {
      if (epoch >= (await database.epoch()).epoch && (await repository.isCurrent(event_id))) {
        await database.beginEpoch('conflict', epoch);
        businessEvents.historyConflict();
      }
      relay.publish(await repository.settleOutdated(event_id));
    },
    begin: async () => (await database.beginEpoch('replaying')).epoch,
    async step(from) {
      const { events, after, isLast } = await repository.page(from);
      relay.publish(events);
      return { published: events.length, after, isLast, unconfirmed: await repository.unconfirmed() };
    },
    async finish() {
      await database.beginEpoch('replayed');
    },
    async check() {
      const { cause } = await database.epoch();
      if (!Object.hasOwn(reasons, cause)) return 'one history';
      throw new Error(`${reasons[cause as keyof typeof reasons]}; run \`pnpm replay\``);
    },
  };
}
