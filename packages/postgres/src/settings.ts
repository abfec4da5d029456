import { z } from 'zod';

const url = 'a URL like postgres://user:password@127.0.0.1:5432/database';
/** libpq's other modes fall back to plain text. */
const modes = ['disable', 'require', 'verify-ca', 'verify-full'];
const mode = `a URL whose sslmode is one of ${modes.join(', ')}`;
const connections = 'a whole number of connections from 1 to 1000';

/** Settings of the database of one service, under names that its configuration chooses. */
export const databaseUrlSchema = z
  .string(url)
  .refine((text) => /^postgres(ql)?:\/\/[^\s/]+\/[^\s/]+/.test(text) && URL.canParse(text), url)
  .refine((text) => !URL.canParse(text) || modes.includes(new URL(text).searchParams.get('sslmode') ?? 'disable'), mode)
  .optional()
  .describe('PostgreSQL 15 or newer, with `sslmode` for TLS; SQLite if not set');

export const poolSizeSchema = z.coerce
  .number(connections)
  .int(connections)
  .min(1, connections)
  .max(1_000, connections)
  .default(10)
  .describe('Connections to PostgreSQL that one process opens at most');
