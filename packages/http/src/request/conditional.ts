import { hash } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { setHeader } from '../answer-header.ts';
import { answerHeader } from '../openapi/answers.ts';

const TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;
const TAG_LIST = new RegExp(`^\\s*(?:${TAG.source})(?:\\s*,\\s*(?:${TAG.source}))*\\s*$`);

/**
 * A strong entity tag (RFC 9110, section 8.8.3) that changes with the representation and begins with the revision, if
 * any.
 */
export function entityTag(representation: unknown, revision?: number): string {
  const digest = hash('sha256', JSON.stringify(representation), 'base64url').slice(0, 16);
  return revision === undefined ? `"${digest}"` : `"${revision}.${digest}"`;
}

/** Whether the caller has seen the current state. */
export type Expected<Current> = (current: Current) => boolean;

/**
 * The precondition of `If-Match`; undefined without the header. Strong comparison (section 13.1.1): weak tags and
 * malformed lists match nothing.
 */
export function expectedBy<Current>(
  c: Context,
  matches: (tag: string, current: Current) => boolean,
): Expected<Current> | undefined {
  const header = c.req.header('if-match');
  if (header === undefined) return undefined;
  if (header.trim() === '*') return () => true;
  const tags = tagsOf(header).filter((tag) => !tag.startsWith('W/'));
  return (current) => tags.some((tag) => matches(tag, current));
}

/**
 * Responds with a representation and its tag, or with 304 if `If-None-Match` contains the tag. Weak comparison (section
 * 13.1.2).
 */
export function answerTagged<Body extends object>(c: Context, body: Body, tag: string) {
  setHeader(c, 'ETag', tag);
  const header = c.req.header('if-none-match');
  const isKnown = header?.trim() === '*' || tagsOf(header ?? '').some((known) => known.replace(/^W\//, '') === tag);
  return isKnown ? c.body(null, 304) : c.json(body, 200);
}

function tagsOf(header: string): string[] {
  return TAG_LIST.test(header) ? (header.match(TAG) ?? []) : [];
}

const example = '"1.tVY0mSJbT3kRqL2A"';

/** `If-Match`, for routes that write. */
export const ifMatchHeaders = z.object({
  'if-match': z
    .string()
    .optional()
    .openapi({ example, description: 'The `ETag` of what is to be changed: 412 when it has been changed since' }),
});

/** `If-None-Match`, for routes that read. */
export const ifNoneMatchHeaders = z.object({
  'if-none-match': z
    .string()
    .optional()
    .openapi({ example, description: 'The `ETag` of what is known already: 304 when it is still so' }),
});

/** The `ETag` response header, for the document. */
export const tagHeader = { ETag: answerHeader('The version of this, for `If-Match` and `If-None-Match`', example) };

/** The 304 response of a route that uses `answerTagged`, for the document. */
export const notModified = { 304: { description: 'It is as in `If-None-Match`', headers: tagHeader } };
