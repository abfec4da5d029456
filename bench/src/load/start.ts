import { startHelper } from '../helper/parent.ts';
import type { ClosedLoop, LoadResult } from './closed-loop.ts';
import type { Job } from './generator.ts';
import type { PlannedResult, UntilPlanned } from './until-planned.ts';

export interface Generator extends AsyncDisposable {
  readonly pid: number;
  closedLoop(load: ClosedLoop): Promise<LoadResult>;
  untilPlanned(load: UntilPlanned): Promise<PlannedResult>;
}

export async function startGenerator(): Promise<Generator> {
  const helper = await startHelper<Job, LoadResult | PlannedResult>(new URL('./generator.ts', import.meta.url));
  return {
    pid: helper.pid,
    closedLoop: async (load) => (await helper.ask({ do: 'closed-loop', ...load })) as LoadResult,
    untilPlanned: async (load) => (await helper.ask({ do: 'until-planned', ...load })) as PlannedResult,
    [Symbol.asyncDispose]: () => helper[Symbol.asyncDispose](),
  };
}
