import { createRequire } from 'node:module';
import type { QueryResultRow } from 'pg';

const { Client } = createRequire(import.meta.url)('pg') as typeof import('pg');

/** Runs SQL on a connection of its own, one statement after the other, and returns the rows of the last one. */
export async function query<Row extends QueryResultRow>(url: string, ...statements: string[]): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    let rows: Row[] = [];
    for (const statement of statements) rows = (await client.query<Row>(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}
