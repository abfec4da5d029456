/**
 * Something the person at the terminal can mend: a taken port, a missing Redis, a process that does not start. The message
 * says what, where and what to do, so callers print it without a stack.
 */
export class SystemError extends Error {
  override name = 'SystemError';
}
