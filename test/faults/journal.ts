import { describeExit, type OutputLine, type UnexpectedExit } from '@hotel/system';
import { GUEST } from './client.ts';

/** Listens to what the processes say, for what nothing else tells. */
export interface Journal {
  read(line: OutputLine): void;
  died(ended: UnexpectedExit): void;
  /** Events whose effect the worker's log tells more than once, since this was last asked. */
  takeAppliedTwice(): string[];
  takeDeaths(): string[];
  /** Lines with what only the guest should know, since this was last asked. */
  takeIndiscretions(): OutputLine[];
}

export function createJournal(): Journal {
  const applied = new Set<string>();
  const twice: string[] = [];
  const deaths: string[] = [];
  const indiscretions: OutputLine[] = [];
  return {
    read(line) {
      const { process, text } = line;
      if (text.includes(GUEST)) indiscretions.push(line);
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
    takeIndiscretions: () => indiscretions.splice(0),
  };
}
