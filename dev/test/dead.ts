import { execute } from '@hotel/cli';
import { PLAIN } from '../src/cli/terminal.ts';
import { command, dead } from '../src/dead/command.ts';

/** Runs `dead` with these arguments and variables, without a process of its own. */
export async function runDead(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  const run = async (given: Parameters<typeof dead>[0]) => {
    out = await dead(given, { env, terminal: PLAIN });
    return 0;
  };
  const { code, err } = await execute(command, run, args);
  return { code, out, err };
}
