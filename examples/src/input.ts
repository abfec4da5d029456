import { problem } from '@hotel/http';
import { validator } from 'hono/validator';
import { z } from 'zod';

/** The `:id` of a path and of a query: what is no positive integer is nobody's id. */
const expected = 'should be a positive integer';
export const idSchema = z.coerce.number(expected).int(expected).positive(expected);

/**
 * Middleware that reads one part of a request: `c.req.valid(target)` then has it. What does not fit is answered 422 with what is
 * wrong where, an id in the path that cannot exist 404. (Bad JSON is answered 400 before that.)
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
