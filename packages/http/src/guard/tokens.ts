import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Bearer tokens (RFC 6750, section 2.1) and what they may do: `token` everything, `token:read` only read. */
const TOKENS = /^[\w.~+/-]+=*(:read)?(,[\w.~+/-]+=*(:read)?)*$/;

/** The owner of a token, without the token. */
export interface Caller {
  /** The position of the token in the list. Unlike the token, it can be logged. */
  id: number;
  mayWrite: boolean;
  /** A digest of the token, the same in every process: identifies the caller in stored data. */
  digest: string;
}

/** The caller of an `Authorization` header; undefined for a missing or unknown token. */
export type ReadCaller = (authorization: string | undefined) => Caller | undefined;

/** Whether a text is a list as `createReadCaller` takes it. */
export function isTokenList(text: string): boolean {
  return TOKENS.test(withoutSpace(text));
}

/**
 * Recognizes the tokens of a comma-separated list. It keeps only digests, keyed per process, and compares each in constant time:
 * neither a memory dump nor response times reveal a token.
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

/** 128 bits of SHA-256, which reveal nothing about a token that cannot be guessed. */
function storableDigestOf(token: string): string {
  return createHash('sha256').update(`hotel caller ${token}`).digest('hex').slice(0, 32);
}

function withoutSpace(list: string): string {
  return list.replaceAll(/\s/g, '');
}
