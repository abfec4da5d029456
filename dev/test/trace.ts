import { execute } from '@hotel/cli';
import type { CommandContext } from '../src/cli/context.ts';
import { PLAIN } from '../src/cli/terminal.ts';
import { command, trace } from '../src/trace/command.ts';

/** Runs `trace` with these arguments and variables, without a process of its own. */
export async function runTrace(
  args: readonly string[],
  env: CommandContext['env'],
): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  const print = (text: string) => {
    out += `${text}\n`;
  };
  const { code, err } = await execute(command, (given) => trace(given, { env, terminal: PLAIN, print }), args);
  return { code, out, err };
}
