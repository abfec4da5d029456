import { z } from 'zod';

const url = 'a URL like postgres://user:password@127.0.0.1:5432/database';
const connections = 'a whole number of connections from 1 to 1000';

/** Settings of the database of one service, under names that its configuration chooses. */
export const databaseUrlSchema = z
  .string(url)
  .refine((text) => /^postgres(ql)?:\/\/[^\s/]+\/[^\s/]+/.test(text) && URL.canParse(text), url)
  .optional()
  .describe('PostgreSQL 15 or newer, with `sslmode` for TLS; SQLite if not set');

export const poolSizeSchema = z.coerce
  .number(connections)
  .int(connections)
  .min(1, connections)
  .max(1_000, connections)
  .default(10)
  .describe('Connections to PostgreSQL that one process opens at most');
