import { runCommand } from '@hotel/cli';
import { book, command } from './book/command.ts';
import { contextOf } from './cli/context.ts';

await runCommand(command, (given) => book(given, contextOf(process)));
