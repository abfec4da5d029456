/** Entry point of the load generator's process. */
import { serveParent } from '../helper/child.ts';
import { type ClosedLoop, type LoadResult, runClosedLoop } from './closed-loop.ts';
import { type OneAtATime, type RowResult, runOneAtATime } from './one-at-a-time.ts';
import { type PlannedResult, runUntilPlanned, type UntilPlanned } from './until-planned.ts';

export type Job =
  | ({ do: 'closed-loop' } & ClosedLoop)
  | ({ do: 'until-planned' } & UntilPlanned)
  | ({ do: 'one-at-a-time' } & OneAtATime);
export type Result = LoadResult | PlannedResult | RowResult;

serveParent<Job, Result>({}, (job): Promise<Result> => {
  if (job.do === 'closed-loop') return runClosedLoop(job);
  return job.do === 'until-planned' ? runUntilPlanned(job) : runOneAtATime(job);
});
