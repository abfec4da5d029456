/** The parts of an error that may leave the process in a log line, a span or a message. */
export interface SafeError {
  /** The class. */
  type: string;
  message: string;
  code?: string | number;
  stack?: string;
  cause?: SafeError;
  /** Of an `AggregateError`. */
  errors?: SafeError[];
}

/** Longer chains of causes are cut: they are usually loops. */
const MAX_DEPTH = 5;
const MAX_MESSAGE = 1_000;
const MAX_STACK = 8_000;

/**
 * Reduces an error to its type, message, code, stack and causes. Libraries attach their input to errors: ioredis the
 * command's arguments (`command.args`: a whole job, or the password of AUTH), drizzle and pg the query parameters, Node
 * the URL it could not parse. Only an allow-list also covers the next library. Never throws.
 */
export function safeError(error: unknown): SafeError {
  try {
    return reduce(error, 1);
  } catch {
    return { type: 'Error', message: 'an error that cannot be read' };
  }
}

/** `safeError` as an `Error`, to be rethrown to a library that stores or prints it. */
export function withoutValues(error: unknown): Error {
  const { type, message, stack, ...rest } = safeError(error);
  const copy = Object.assign(new Error(message), rest.code === undefined ? {} : { code: rest.code });
  copy.name = type;
  if (stack !== undefined) copy.stack = stack;
  return copy;
}

function reduce(error: unknown, depth: number): SafeError {
  if (typeof error !== 'object' || error === null) return { type: typeof error, message: safeText(String(error)) };
  const fields = error as Partial<Record<'name' | 'message' | 'code' | 'stack' | 'cause' | 'errors', unknown>>;
  const type = typeOf(error, fields.name);
  const original = typeof fields.message === 'string' ? fields.message : '';
  const message = messageOf(error, original);
  const safe: SafeError = { type, message };
  const { code, stack, cause, errors } = fields;
  if (typeof code === 'number' || (typeof code === 'string' && /^[\w.:-]{1,64}$/.test(code))) safe.code = code;
  if (typeof stack === 'string') safe.stack = `${type}: ${message}${framesOf(stack, original)}`.slice(0, MAX_STACK);
  if (depth >= MAX_DEPTH) return safe;
  if (cause !== undefined && cause !== null) safe.cause = reduce(cause, depth + 1);
  if (Array.isArray(errors)) safe.errors = errors.slice(0, MAX_DEPTH).map((one) => reduce(one, depth + 1));
  return safe;
}

function typeOf(error: object, name: unknown): string {
  const ofClass = error.constructor?.name || 'Object';
  return typeof name === 'string' && name !== '' && name !== 'Error' ? name : ofClass;
}

/** The stack begins with the message, which may span lines and contain anything. */
function framesOf(stack: string, message: string): string {
  const at = message === '' ? -1 : stack.indexOf(message);
  const rest = at === -1 ? stack : stack.slice(at + message.length);
  return rest
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => `\n${line}`)
    .join('');
}

function messageOf(error: object, message: string): string {
  // zod's message lists all issues with their keys; the path and the code are enough to locate a fault.
  if ('issues' in error && Array.isArray(error.issues)) {
    return safeText(`not valid: ${error.issues.slice(0, MAX_DEPTH).map(describeIssue).join('; ')}`);
  }
  // Node includes the value: `Received type string ('...')`.
  const isNodes = 'code' in error && typeof error.code === 'string' && error.code.startsWith('ERR_INVALID_');
  return safeText(isNodes ? message.replace(/ Received .*$/s, ' Received [redacted]') : message);
}

function describeIssue(issue: { path?: unknown; code?: unknown }): string {
  const path = Array.isArray(issue?.path) ? issue.path.map(String).join('.') : '';
  return `${path || 'the value'} (${String(issue?.code)})`;
}

/** An error's text without the values that libraries are known to put into it. */
export function safeText(text: string): string {
  return withoutSecrets(text)
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s"'?#]*)\?[^\s"'#)]*/gi, '$1?[redacted]')
    .replace(/\nparams: .*$/s, '\nparams: [redacted]')
    .replace(/^.*is not valid JSON$/s, 'a text is not valid JSON')
    .slice(0, MAX_MESSAGE);
}

/** Removes what is secret in any text: the credentials of a URL, the arguments that Redis repeats. */
export function withoutSecrets(text: string): string {
  let safe = text;
  if (safe.includes('@')) safe = safe.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"']*@/gi, '$1[redacted]@');
  // Up to the end of the line, or of the JSON string that contains the text.
  if (safe.includes('with args beginning with')) {
    safe = safe.replace(/(with args beginning with:)(?:[^"\\\n]|\\.)*/g, '$1 [redacted]');
  }
  return safe;
}
