import { describeExit, type OutputLine, type UnexpectedExit } from '@hotel/system';
import { GUEST } from './load/client.ts';

/** Reads from the logs of the processes what nothing else reports. */
export interface Journal {
  read(line: OutputLine): void;
  died(ended: UnexpectedExit): void;
  /** Events applied more than once according to the worker's log, since the last call. */
  takeAppliedTwice(): string[];
  takeDeaths(): string[];
  /** Log lines with guests' private data, since the last call. */
  takeLeakingLines(): OutputLine[];
}

export function createJournal(): Journal {
  const applied = new Set<string>();
  const twice: string[] = [];
  const deaths: string[] = [];
  const leakingLines: OutputLine[] = [];
  return {
    read(line) {
      const { process, text } = line;
      if (text.includes(GUEST)) leakingLines.push(line);
      if (!process.startsWith('cleaning-worker') || !text.includes('cleaning planned')) return;
      const { event_id } = JSON.parse(text) as { event_id: string };
      if (applied.has(event_id)) twice.push(`the event ${event_id} was applied twice`);
      applied.add(event_id);
    },
    died(ended) {
      deaths.push(
        `${ended.name} ended unexpectedly with ${describeExit(ended)}: ${ended.lastLines.slice(-3).join(' | ')}`,
      );
    },
    takeAppliedTwice: () => twice.splice(0),
    takeDeaths: () => deaths.splice(0),
    takeLeakingLines: () => leakingLines.splice(0),
  };
}
