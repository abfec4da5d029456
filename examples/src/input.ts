import { problem } from '@hotel/http';
import { validator } from 'hono/validator';
import { z } from 'zod';

/** An id in a path or query: a positive integer. */
const expected = 'should be a positive integer';
export const idSchema = z.coerce.number(expected).int(expected).positive(expected);

/**
 * Middleware that validates one part of a request; `c.req.valid(target)` then returns it. Invalid input gets 422 with
 * an error per field, a malformed id in the path 404. (Malformed JSON has been rejected with 400 before.)
 */
export function input<const Target extends 'json' | 'query' | 'param', T extends z.ZodType>(target: Target, schema: T) {
  return validator(target, (value, c) => {
    const result = schema.safeParse(value);
    if (result.success) return result.data as z.infer<T>;
    if (target === 'param') return problem(c, { status: 404, detail: `there is nothing at ${c.req.path}` });
    const errors = result.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
    const where = target === 'json' ? 'the body' : 'the query';
    return problem(c, { status: 422, code: 'invalid_input', detail: `${where} is not valid`, errors });
  });
}
