/** A command was called in a way it does not know. Printed with the usage; exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/**
 * A command cannot do its work, for a reason that the person at the terminal can mend. The message says what went wrong, where, and
 * what to do, and is printed without a stack; exit code 1.
 */
export class CommandError extends Error {
  override name = 'CommandError';
}
