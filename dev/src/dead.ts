import { runCommand } from '@hotel/cli';
import { terminalOf } from './cli/terminal.ts';
import { command, dead } from './dead/command.ts';

await runCommand(command, async (given) => {
  console.log(await dead(given, process.env, terminalOf(process.stdout, process.env)));
  return 0;
});
