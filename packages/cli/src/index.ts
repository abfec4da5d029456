export { type Arguments, type CommandSpec, execute, readArguments, runCommand } from './command.ts';
export { CommandError, UsageError } from './errors.ts';
