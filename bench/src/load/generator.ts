/** Entry point of the load generator's process. */
import { serveParent } from '../helper/child.ts';
import { type ClosedLoop, type LoadResult, runClosedLoop } from './closed-loop.ts';
import { type PlannedResult, runUntilPlanned, type UntilPlanned } from './until-planned.ts';

export type Job = ({ do: 'closed-loop' } & ClosedLoop) | ({ do: 'until-planned' } & UntilPlanned);

serveParent<Job, LoadResult | PlannedResult>({}, (job) =>
  job.do === 'closed-loop' ? runClosedLoop(job) : runUntilPlanned(job),
);
