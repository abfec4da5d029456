import { type Api, operationOf } from './document.ts';
import type { Shot } from './generate.ts';
import { mismatches, type Schema } from './schema.ts';

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

const MAY_BE_THERE = new Set([
  ...['content-type', 'content-length', 'date', 'connection', 'keep-alive', 'traceresponse', 'server-timing'],
  ...['content-security-policy', 'x-content-type-options', 'referrer-policy', 'cache-control'],
  ...['link', 'location', 'allow', 'retry-after', 'www-authenticate', 'etag'],
]);
const MUST_BE_THERE = ['content-security-policy', 'x-content-type-options', 'referrer-policy', 'cache-control'];

/** Everything wrong with a response, one sentence each. */
export function judge({ method, target }: Shot, { status, headers, body }: Answer, api: Api): string[] {
  const { schemas } = api;
  const operation = operationOf(api, method, target);
  if (status >= 500) return [`${status}`];
  const wrongHeaders = [
    ...Object.keys(headers).filter((name) => !MAY_BE_THERE.has(name)),
    ...MUST_BE_THERE.filter((name) => headers[name] === undefined).map((name) => `no ${name}`),
  ];
  if (wrongHeaders.length > 0) return wrongHeaders;
  const ok = status < 300;
  const documented = operation?.responses[status] ?? (ok ? undefined : operation?.responses.default);
  if (operation && !documented) return [`${status} is not in the document`];
  if (!operation && ok && !(method === 'OPTIONS' && status === 204))
    return [`${status} for something that is not an operation`];
  if (method === 'HEAD' || status === 204 || status === 304) return body === '' ? [] : ['a body where none may be'];
  const type = ok ? 'application/json' : 'application/problem+json';
  if (headers['content-type'] !== type) return [`${status} of ${headers['content-type']}`];
  const schema: Schema | undefined = operation ? documented?.content?.[type]?.schema : schemas.Problem;
  if (!schema) return [`the document has no ${type} of ${status}`];
  const content = JSON.parse(body) as { status?: unknown; trace_id?: unknown };
  const wrong = mismatches(content, schema, schemas);
  if (ok) return wrong;
  if (content.status !== status) wrong.push(`the problem of a ${status} says ${content.status}`);
  const traceId = String(headers.traceresponse).split('-')[1];
  if (content.trace_id !== traceId) wrong.push(`trace_id is ${content.trace_id}, traceresponse says ${traceId}`);
  return wrong;
}
