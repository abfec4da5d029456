import type { MiddlewareHandler } from 'hono';
import { z } from 'zod';
import { unauthorized } from './guard.ts';
import { createReadCaller } from './tokens.ts';

const tokens = 'one bearer token, or two separated by a comma while it is changed';
const TOKENS = /^[\w.~+/-]+=*(,[\w.~+/-]+=*)?$/;

/** What services that call each other read from the environment. */
export const internalTokenSettings = {
  /**
   * The secret of the internal calls. A listener accepts each of the tokens, a caller sends the first. Without it, a listener accepts
   * every caller that can reach it.
   */
  HOTEL_INTERNAL_TOKEN: z.string(tokens).regex(TOKENS, tokens).optional(),
};

/** The token of `HOTEL_INTERNAL_TOKEN` that a caller sends. */
export function tokenToSend(list: string | undefined): string | undefined {
  return list?.split(',')[0];
}

/** Refuses calls without one of the tokens of `HOTEL_INTERNAL_TOKEN`, before their body is read. */
export function admitServices(list: string): MiddlewareHandler {
  const readCaller = createReadCaller(list);
  return (c, next) => {
    const authorization = c.req.header('authorization');
    return readCaller(authorization) ? next() : Promise.resolve(unauthorized(c, authorization !== undefined));
  };
}
