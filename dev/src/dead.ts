import { runCommand } from '@hotel/cli';
import { contextOf } from './cli/context.ts';
import { command, dead } from './dead/command.ts';

await runCommand(command, async (given) => {
  const context = contextOf(process);
  context.print(await dead(given, context));
  return 0;
});
