import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a bearer token looks like (RFC 6750, section 2.1), and what it may do: `token` everything, `token:read` only look. */
const TOKENS = /^[\w.~+/-]+=*(:read)?(,[\w.~+/-]+=*(:read)?)*$/;

/** Whose token it is, as far as anybody needs to know. */
export interface Caller {
  /** The place of the token in the list. It can be logged; the token cannot. */
  id: number;
  mayWrite: boolean;
  /** A digest of the token, the same in every process: whose data is whose can be stored by it. */
  digest: string;
}

/** Who sends this `Authorization` header: undefined for no token, or none of ours. */
export type ReadCaller = (authorization: string | undefined) => Caller | undefined;

/** Whether a text is a list as `createReadCaller` takes it. */
export function isTokenList(text: string): boolean {
  return TOKENS.test(withoutSpace(text));
}

/**
 * Knows the tokens of a comma-separated list. It keeps their digests alone, under a key of this process, and compares all of them in
 * constant time: neither a dump of the memory nor the time of an answer tells a token.
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

/** 128 bits of SHA-256: of a token that cannot be guessed, they tell nothing. */
function storableDigestOf(token: string): string {
  return createHash('sha256').update(`hotel caller ${token}`).digest('hex').slice(0, 32);
}

function withoutSpace(list: string): string {
  return list.replaceAll(/\s/g, '');
}
