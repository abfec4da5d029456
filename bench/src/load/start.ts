import { startHelper } from '../helper/parent.ts';
import type { ClosedLoop, LoadResult } from './closed-loop.ts';
import type { Job, Result } from './generator.ts';
import type { OneAtATime, RowResult } from './one-at-a-time.ts';
import type { PlannedResult, UntilPlanned } from './until-planned.ts';

export interface Generator extends AsyncDisposable {
  readonly pid: number;
  closedLoop(load: ClosedLoop): Promise<LoadResult>;
  untilPlanned(load: UntilPlanned): Promise<PlannedResult>;
  oneAtATime(load: OneAtATime): Promise<RowResult>;
}

export async function startGenerator(): Promise<Generator> {
  const helper = await startHelper<Job, Result>(new URL('./generator.ts', import.meta.url));
  return {
    pid: helper.pid,
    closedLoop: async (load) => (await helper.ask({ do: 'closed-loop', ...load })) as LoadResult,
    untilPlanned: async (load) => (await helper.ask({ do: 'until-planned', ...load })) as PlannedResult,
    oneAtATime: async (load) => (await helper.ask({ do: 'one-at-a-time', ...load })) as RowResult,
    [Symbol.asyncDispose]: () => helper[Symbol.asyncDispose](),
  };
}
