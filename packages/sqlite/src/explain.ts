import type { Database } from 'better-sqlite3';

/**
 * For tests: SQLite's query plan for each statement that `use` prepares or runs, by statement text. A step that begins
 * with `SCAN` reads a whole table or index, so its cost grows with the number of rows
 * (https://www.sqlite.org/eqp.html).
 */
export async function explain(connection: { orm: unknown }, use: () => unknown): Promise<Map<string, string[]>> {
  const { $client: database } = connection.orm as { $client: Database };
  const prepare = database.prepare;
  const sources = new Set<string>();
  database.prepare = ((source: string) => {
    sources.add(source);
    return prepare.call(database, source);
  }) as Database['prepare'];
  try {
    await use();
  } finally {
    database.prepare = prepare;
  }
  return new Map([...sources].map((source) => [source, planOf(database, source)]));
}

function planOf(database: Database, source: string): string[] {
  const values = Array.from(source.matchAll(/\?/g), () => null);
  const steps = database.prepare(`EXPLAIN QUERY PLAN ${source}`).all(...values) as Array<{ detail: string }>;
  return steps.map(({ detail }) => detail);
}
