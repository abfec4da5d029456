import { describeExit, type OutputLine, type UnexpectedExit } from '@hotel/system';

/** Listens to what the processes say, for what nothing else tells. */
export interface Journal {
  read(line: OutputLine): void;
  died(ended: UnexpectedExit): void;
  /** Events whose effect the worker's log tells more than once, since this was last asked. */
  takeAppliedTwice(): string[];
  takeDeaths(): string[];
}

export function createJournal(): Journal {
  const applied = new Set<string>();
  const twice: string[] = [];
  const deaths: string[] = [];
  return {
    read({ process, text }) {
      if (process !== 'cleaning-worker' || !text.includes('cleaning planned')) return;
      const { event_id } = JSON.parse(text) as { event_id: string };
      if (applied.has(event_id)) twice.push(`the event ${event_id} was applied twice`);
      applied.add(event_id);
    },
    died(ended) {
      deaths.push(
        `${ended.name} ended by itself with ${describeExit(ended)}: ${ended.lastLines.slice(-3).join(' | ')}`,
      );
    },
    takeAppliedTwice: () => twice.splice(0),
    takeDeaths: () => deaths.splice(0),
  };
}
