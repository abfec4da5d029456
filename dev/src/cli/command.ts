import { SystemError } from '@hotel/system';
import { CommandError, UsageError } from './options.ts';

/**
 * Runs a command and sets the exit code: 0 when it worked, 1 when it could not, 2 when it was called wrongly. What a person can
 * mend is printed without a stack.
 */
export async function runCommand(command: (args: readonly string[]) => Promise<number>): Promise<void> {
  // A reader that goes away (`| head`) is no failure.
  process.stdout.on('error', () => {});
  try {
    process.exitCode = await command(process.argv.slice(2));
  } catch (error) {
    const known = error instanceof UsageError || error instanceof CommandError || error instanceof SystemError;
    process.stderr.write(`${known ? error.message : (error as Error).stack}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
