/** Invalid arguments. Printed with the usage; exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/**
 * A failure that the user can fix. The message says what went wrong, where, and what to do; it is printed without a
 * stack; exit code 1.
 */
export class CommandError extends Error {
  override name = 'CommandError';
}
