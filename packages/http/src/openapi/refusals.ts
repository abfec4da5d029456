import type { Guard } from '../guard/guard.ts';
import { problemExample, problemHeaders, statusDescription } from './answers.ts';
import type { Answer } from './api-document.ts';

/** The bearer token scheme, for the document. https://spec.openapis.org/oas/v3.1.1.html#security-scheme-object */
export const tokenScheme = {
  token: { type: 'http', scheme: 'bearer', description: 'A token of `HOTEL_API_TOKENS`; some may only read' },
};

/** The responses of a guard, which any route may return, for the document. */
export function refusalsOf({ readCaller, rateLimit }: Guard): Record<string, Answer> {
  const statuses = [...(readCaller ? [401] : []), 403, ...(rateLimit > 0 ? [429] : []), 503];
  return Object.fromEntries(statuses.map((status) => [status, refusalOf(status)]));
}

function refusalOf(status: number): Answer {
  const description = statusDescription(status);
  const schema = { $ref: '#/components/schemas/Problem' };
  const content = { 'application/problem+json': { schema, example: problemExample(status, description) } };
  return { description, headers: problemHeaders(status) ?? {}, content };
}
