import { CommandError } from '@hotel/cli';

/** Why a system cannot run (a taken port, a missing Redis, a process that does not start), and how to fix it. */
export class SystemError extends CommandError {
  override name = 'SystemError';
}
