import { z } from 'zod';

const redisUrl = 'a URL like redis://127.0.0.1:6379';

/** `redis://host:port`, with a password `redis://:password@host:port`; `rediss:` for TLS. */
export const redisUrlSchema = z
  .string(redisUrl)
  .refine((text) => /^rediss?:\/\/\S+/.test(text) && URL.canParse(text), redisUrl);
