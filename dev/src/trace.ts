import { runCommand } from '@hotel/cli';
import { contextOf } from './cli/context.ts';
import { command, trace } from './trace/command.ts';

await runCommand(command, (given) => trace(given, contextOf(process)));
