import { parseArgs } from 'node:util';

/** A command was called in a way it does not know. Exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** A command cannot do its work, and the message says what to do. Exit code 1. */
export class CommandError extends Error {
  override name = 'CommandError';
}

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;

/** `parseArgs` whose complaints are short, and end with the usage. */
export function parseOptions<const O extends Options>(
  args: readonly string[],
  options: O,
  usage: string,
  positionals = 0,
) {
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    const extra = parsed.positionals[positionals];
    if (extra !== undefined) throw new Error(`Unexpected argument '${extra}'`);
    return parsed;
  } catch (error) {
    const [what] = (error as Error).message.split(/\. (?=To specify)/);
    throw new UsageError(`${what}\n\n${usage}`);
  }
}
