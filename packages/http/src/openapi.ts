import { STATUS_CODES } from 'node:http';
import { z } from '@hono/zod-openapi';
import { problemSchema } from './problem.ts';

/** `{id}` of a path: anything but a positive integer is not found. */
export const idParams = z.object({ id: z.coerce.number().int().positive().openapi({ example: 1 }) });

/** A body that must be there, in JSON. */
export function jsonBody<T extends z.ZodType>(schema: T) {
  return { content: { 'application/json': { schema } }, required: true };
}

/** An answer in JSON. */
export function jsonAnswer<T extends z.ZodType>(description: string, schema: T) {
  return { description, content: { 'application/json': { schema } } };
}

type ProblemAnswer = { description: string; content: { 'application/problem+json': { schema: typeof problemSchema } } };

/** The problems a route may answer with, besides those that every route may. */
export function problems<const S extends number>(...statuses: S[]): Record<S, ProblemAnswer> {
  const answer = (status: number): ProblemAnswer => ({
    description: STATUS_CODES[status] ?? 'Problem',
    content: { 'application/problem+json': { schema: problemSchema } },
  });
  return Object.fromEntries(statuses.map((status) => [status, answer(status)])) as Record<S, ProblemAnswer>;
}
