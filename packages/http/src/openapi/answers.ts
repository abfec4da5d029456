import { STATUS_CODES } from 'node:http';
import { z } from '@hono/zod-openapi';
import { problemSchema } from '../problem.ts';
import { INT64 } from './integers.ts';

/** A positive integer in a path, decimal digits only: `0x1` is not room 1. */
export const idSchema = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'must be a positive integer')
  .transform(Number)
  .openapi({ ...INT64, example: 1 });

/** `{id}` of a path: anything but a positive integer is 404. */
export const idParams = z.object({ id: idSchema });

/** A required JSON body. */
export function jsonBody<T extends z.ZodType>(schema: T) {
  return { content: { 'application/json': { schema } }, required: true };
}

/** A JSON response. */
export function jsonAnswer<T extends z.ZodType>(description: string, schema: T) {
  return { description, content: { 'application/json': { schema } } };
}

/** A response header, for the document. */
export function answerHeader(description: string, example: string) {
  return { description, schema: { type: 'string' as const }, example };
}

/** A page of a list in JSON, with the next page in the `Link` header. */
export function pageAnswer<T extends z.ZodType>(description: string, row: T) {
  const next = '</api/v1/rooms?limit=50&after=50>; rel="next"';
  return {
    ...jsonAnswer(description, z.array(row)),
    headers: { Link: answerHeader('The next page (RFC 8288); absent on the last one', next) },
  };
}

/** The problems specific to a route. */
export function problems<const S extends number>(...statuses: S[]): Record<S, ReturnType<typeof problemAnswer>> {
  const answers = statuses.map((status) => [status, problemAnswer(status)]);
  return Object.fromEntries(answers) as Record<S, ReturnType<typeof problemAnswer>>;
}

const whatIsWrong: Record<number, string> = {
  400: 'The body is not JSON',
  401: 'The token is missing or not known',
  403: 'The token may only read, or the request is from a page of an origin that may not write',
  404: 'There is nothing at this path, or nothing with this id',
  409: 'It cannot be done as things are',
  412: 'It has changed since: no entry of `If-Match` is its `ETag`',
  413: 'The body is too large',
  415: 'The body is of another media type than application/json',
  422: 'A field is missing, invalid or not known; `errors` names each',
  429: 'Too many requests',
  503: 'It cannot be done right now',
};

/** An example problem, for the document. */
export function problemExample(status: number, detail: string): z.infer<typeof problemSchema> {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    trace_id: '0af7651916cd43dd8448eb211c80319c',
    ...(status === 422 ? { errors: [{ path: 'end', message: 'must be after start' }] } : {}),
  };
}

/** The description of a status, for the document. */
export function statusDescription(status: number): string {
  return whatIsWrong[status] ?? 'Another problem';
}

function problemAnswer(status: number) {
  const description = statusDescription(status);
  const headers = problemHeaders(status);
  return {
    description,
    content: { 'application/problem+json': { schema: problemSchema, example: problemExample(status, description) } },
    ...(headers ? { headers } : {}),
  };
}

/** Headers of a problem, for the document: when to retry, or what is wrong with the token. */
export function problemHeaders(status: number) {
  const integer = { type: 'integer' as const, format: 'int32', minimum: 1, maximum: 86_400 };
  if (status === 429 || status === 503) {
    return { 'Retry-After': { description: 'Seconds to wait', schema: integer, example: 1 } };
  }
  if (status !== 401 && status !== 403) return undefined;
  return { 'WWW-Authenticate': answerHeader('What is wrong with the token (RFC 6750)', 'Bearer realm="hotel"') };
}
