import { type ParseArgsConfig, parseArgs } from 'node:util';
import { CommandError, UsageError } from './errors.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

export interface CommandSpec<O extends Options> {
  /** Begins with `Usage: npx -y pnpm@12 NAME`. */
  usage: string;
  /** Options of `parseArgs` of `node:util`; `--help` is added. */
  options: O;
  /** Maximum number of positional arguments. Default: 0. */
  positionals?: number;
}

type Strict<O extends Options> = { args: string[]; options: O; allowPositionals: true; strict: true };
export type Arguments<O extends Options> = Pick<ReturnType<typeof parseArgs<Strict<O>>>, 'values' | 'positionals'>;

/** @throws UsageError that names the argument that is unknown or lacks a value */
export function readArguments<const O extends Options>(
  args: readonly string[],
  { options, positionals = 0 }: Pick<CommandSpec<O>, 'options' | 'positionals'>,
): Arguments<O> {
  let parsed: Arguments<O>;
  try {
    parsed = parseArgs<Strict<O>>({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    // Drops the advice on positional arguments that start with a dash: there are none.
    throw new UsageError((error as Error).message.split(/\. (?=To specify)/)[0]);
  }
  const extra = parsed.positionals[positionals];
  if (extra !== undefined) throw new UsageError(`Unexpected argument '${extra}'`);
  return parsed;
}

/**
 * Runs a command. `--help` prints only the usage; otherwise `run` gets the arguments and returns the exit code. A
 * `UsageError` prints the usage and exits with 2, a `CommandError` prints its message and exits with 1; any other error
 * is a bug and shows its stack.
 */
export async function runCommand<const O extends Options>(
  spec: CommandSpec<O>,
  run: (given: Arguments<O>) => Promise<number>,
): Promise<void> {
  // A reader that closes the pipe (`| head`) is not a failure.
  process.stdout.on('error', () => {});
  const args = process.argv.slice(2);
  if (args.some((arg) => arg === '--help' || arg === '-h')) {
    process.stdout.write(`${spec.usage}\n`);
    return;
  }
  const { code, err } = await execute(spec, run, args);
  process.exitCode = code;
  if (err !== '') process.stderr.write(`${err}\n`);
}

/** Runs a command with these arguments inside this process. Resolves to its exit code and to what it reports on stderr. */
export async function execute<const O extends Options>(
  spec: CommandSpec<O>,
  run: (given: Arguments<O>) => Promise<number>,
  args: readonly string[],
): Promise<{ code: number; err: string }> {
  try {
    return { code: await run(readArguments(args, spec)), err: '' };
  } catch (error) {
    return { code: error instanceof UsageError ? 2 : 1, err: describe(error, spec.usage) };
  }
}

function describe(error: unknown, usage: string): string {
  if (error instanceof UsageError) return `${error.message}\n\n${usage}`;
  if (error instanceof CommandError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
