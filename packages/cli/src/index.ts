export { type Arguments, type CommandSpec, readArguments, runCommand } from './command.ts';
export { CommandError, UsageError } from './errors.ts';
