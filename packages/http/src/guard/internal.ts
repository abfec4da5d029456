import type { MiddlewareHandler } from 'hono';
import { z } from 'zod';
import { unauthorized } from './guard.ts';
import { createReadCaller } from './tokens.ts';

const tokens = 'one bearer token, or two separated by a comma while it is changed';
const TOKENS = /^[\w.~+/-]+=*(,[\w.~+/-]+=*)?$/;

/** Settings of services that make or receive internal calls. */
export const internalTokenSettings = {
  HOTEL_INTERNAL_TOKEN: z
    .string(tokens)
    .regex(TOKENS, tokens)
    .optional()
    .describe(
      'Secret of `/internal/v1`: listeners accept each token, callers send the first; if not set, none is required',
    ),
};

/** The token of `HOTEL_INTERNAL_TOKEN` to send: the first one. */
export function tokenToSend(list: string | undefined): string | undefined {
  return list?.split(',')[0];
}

/** Rejects calls without one of the tokens of `HOTEL_INTERNAL_TOKEN`, before their body is read. */
export function admitServices(list: string): MiddlewareHandler {
  const readCaller = createReadCaller(list);
  return (c, next) => {
    const authorization = c.req.header('authorization');
    return readCaller(authorization) ? next() : Promise.resolve(unauthorized(c, authorization !== undefined));
  };
}
