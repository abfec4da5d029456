import { STATUS_CODES } from 'node:http';
import { z } from '@hono/zod-openapi';
import { currentTraceId } from '@hotel/telemetry';
import type { Context } from 'hono';

/** RFC 9457 problem details, extended by the trace id and, for invalid input, the error per field. */
export const problemSchema = z
  .object({
    type: z
      .string()
      .regex(/^(about:blank|urn:hotel:problem:[a-z_]+)$/)
      .openapi({ example: 'urn:hotel:problem:room_taken' }),
    title: z.string().openapi({ example: 'Conflict' }),
    status: z.int().min(400).max(599).openapi({ format: 'int32', example: 409 }),
    detail: z.string().openapi({ example: 'room 101 is taken from 2027-02-04 to 2027-02-06' }),
    trace_id: z
      .string()
      .regex(/^[0-9a-f]{32}$/)
      .optional()
      .openapi({ example: '0af7651916cd43dd8448eb211c80319c' }),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: 'What is wrong with the input, field by field' }),
  })
  .openapi('Problem');

export interface ProblemFacts {
  status: number;
  /** The last segment of `type`; absent if the status is enough. */
  code?: string;
  detail: string;
  errors?: Array<{ path: string; message: string }>;
  /** Seconds, for 429 and 503. */
  retryAfterS?: number;
}

/** Responds with `application/problem+json`. */
export function problem(c: Context, { status, code, detail, errors, retryAfterS }: ProblemFacts): Response {
  const traceId = currentTraceId();
  const body: z.infer<typeof problemSchema> = {
    type: code ? `urn:hotel:problem:${code}` : 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    ...(traceId ? { trace_id: traceId } : {}),
    ...(errors ? { errors } : {}),
  };
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' };
  if (retryAfterS !== undefined) headers['retry-after'] = String(retryAfterS);
  return c.body(JSON.stringify(body), status as 400, headers);
}
