/** pg, loaded by `require`: it is CommonJS, and its wrapper for ES modules loads the optional native binding. */
import { createRequire } from 'node:module';
import type { PoolClient } from 'pg';

export const { Client, Pool, types, DatabaseError } = createRequire(import.meta.url)('pg') as typeof import('pg');
export type Client = PoolClient;
