import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Bearer tokens (RFC 6750, section 2.1): `token` may do everything, `token:read` may only read. */
const TOKENS = /^[\w.~+/-]+=*(:read)?(,[\w.~+/-]+=*(:read)?)*$/;

/** The owner of a token, without the token. */
export interface Caller {
  /** Position of the token in the list. Unlike the token, it may be logged. */
  id: number;
  mayWrite: boolean;
  /** Digest of the token, equal in every process: identifies the caller in stored data. */
  digest: string;
}

/** Returns the caller of an `Authorization` header, or undefined for a missing or unknown token. */
export type ReadCaller = (authorization: string | undefined) => Caller | undefined;

/** Whether a text is a valid list for `createReadCaller`. */
export function isTokenList(text: string): boolean {
  return TOKENS.test(withoutSpace(text));
}

/**
 * Recognizes the tokens of a comma-separated list. Keeps only digests, keyed per process, and compares them in constant
 * time, so that neither a memory dump nor response times reveal a token.
 */
export function createReadCaller(list: string): ReadCaller {
  const key = randomBytes(32);
  const digestOf = (token: string) => createHmac('sha256', key).update(token).digest();
  const known = withoutSpace(list)
    .split(',')
    .map((entry, id) => {
      const [token = '', scope] = entry.split(':');
      const caller = { id, mayWrite: scope === undefined, digest: storableDigestOf(token) };
      return { digest: digestOf(token), caller };
    });
  return (authorization) => {
    const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return undefined;
    const digest = digestOf(token);
    return known.filter((one) => timingSafeEqual(one.digest, digest))[0]?.caller;
  };
}

/** 128 bits of SHA-256, which reveal nothing about an unguessable token. */
function storableDigestOf(token: string): string {
  return createHash('sha256').update(`hotel caller ${token}`).digest('hex').slice(0, 32);
}

function withoutSpace(list: string): string {
  return list.replaceAll(/\s/g, '');
}
