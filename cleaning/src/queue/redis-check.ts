import type { Redis } from 'ioredis';

const ANSWER_WITHIN_MS = 1_000;

const words: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name cannot be resolved now',
  ETIMEDOUT: 'no answer in time',
  ECONNRESET: 'it closed the connection',
  WRONGPASS: 'it does not accept the password in REDIS_URL',
  NOAUTH: 'it asks for a password, and REDIS_URL has none',
};

/** A check that says where Redis should be and what is wrong, without its password. */
export function createRedisCheck(redis: Redis): () => Promise<string> {
  const { host, port } = redis.options;
  let lastError: Error | undefined;
  redis.on('error', (error: Error) => {
    lastError = error;
  });
  const unreachable = (why: string) => new Error(`Redis cannot be reached at ${host}:${port} (${why})`);
  return async () => {
    // With the connection down, a command would wait for its return instead of failing.
    if (redis.status !== 'ready') throw unreachable(inWords(lastError) ?? 'not connected yet');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(unreachable(`no answer within ${ANSWER_WITHIN_MS / 1_000} s`)), ANSWER_WITHIN_MS);
    });
    try {
      await Promise.race([redis.ping(), late]);
      return 'answers';
    } finally {
      clearTimeout(timer);
    }
  };
}

function inWords(error: (Error & { code?: unknown }) | undefined): string | undefined {
  if (!error) return undefined;
  // Redis puts the kind of its own errors in front: "WRONGPASS invalid username-password pair ...".
  const kind = String(error.code ?? error.message.split(' ')[0]);
  return words[kind] ?? error.message;
}
