import {
  CLEANING_OVERVIEW_PATH,
  type CleaningOverview,
  type CleaningTask,
  cleaningOverviewSchema,
  cleaningTaskSchema,
  finishTaskPath,
  internalCall,
} from '@hotel/contracts';
import { type Answer, tracedFetch } from '@hotel/http-client';
import { z } from 'zod';
import { DomainError } from '../errors.ts';
import { CircuitOpenError } from './breaker.ts';
import { reasonOf } from './cleaning-breaker.ts';
import type { CleaningCalls } from './room-states.ts';

/** What cleaning knows, for the front desk. */
export interface CleanersList {
  /** Undefined if cleaning does not answer: the board is worth showing without it. */
  read(): Promise<CleaningOverview | undefined>;
  /** Marks a task done. @throws DomainError with cleaning's reason, or `cleaning_unavailable` */
  finish(taskId: number): Promise<CleaningTask>;
}

/** The problems of cleaning that a person can act on; their `detail` is written for one. */
const problemSchema = z.object({
  type: z.templateLiteral(['urn:hotel:problem:', z.enum(['task_not_found', 'guest_not_gone'])]),
  detail: z.string(),
});

export function createCleanersList({ cleaning, timeoutMs, log, breaker }: CleaningCalls): CleanersList {
  const call = (method: 'GET' | 'POST', path: string): Promise<Answer> =>
    breaker(async () => {
      const { url, headers } = internalCall(cleaning, path);
      const answer = await tracedFetch(url, { method, headers, timeoutMs });
      if (answer.status >= 500)
        throw new Error(`cleaning answered ${answer.status} to ${method} ${url.origin}${url.pathname}`);
      return answer;
    });
  return {
    async read() {
      try {
        return cleaningOverviewSchema.parse(await (await call('GET', CLEANING_OVERVIEW_PATH)).json());
      } catch (error) {
        // The breaker has logged it, and open boards ask every second.
        if (!(error instanceof CircuitOpenError))
          log.warn({ reason: reasonOf(error) }, 'the overview could not be read from cleaning');
        return undefined;
      }
    },
    async finish(taskId) {
      let body: unknown;
      try {
        body = await (await call('POST', finishTaskPath(taskId))).json();
      } catch (error) {
        log.warn({ task_id: taskId, reason: reasonOf(error) }, 'the task could not be finished in cleaning');
        throw unavailable();
      }
      const task = cleaningTaskSchema.safeParse(body);
      if (task.success) return task.data;
      const problem = problemSchema.safeParse(body);
      if (!problem.success) throw unavailable();
      const code = problem.data.type === 'urn:hotel:problem:guest_not_gone' ? 'guest_not_gone' : 'task_not_found';
      throw new DomainError(code, problem.data.detail);
    },
  };
}

function unavailable(): DomainError {
  return new DomainError('cleaning_unavailable', 'cleaning did not answer in time; try again later');
}
