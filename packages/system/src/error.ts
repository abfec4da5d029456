import { CommandError } from '@hotel/cli';

/** A taken port, a missing Redis, a process that does not start: what keeps a system from running, and what to do about it. */
export class SystemError extends CommandError {
  override name = 'SystemError';
}
