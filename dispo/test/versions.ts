import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Dialect, migrationsOf } from './databases.ts';

/** A later version of the code: its folder has the migrations of the real code, and more. */
export interface Version extends AsyncDisposable {
  migrations: URL;
  add(name: string, source: string): Promise<void>;
}

/** @param from the version to continue, by default the real code */
export async function nextVersion(dialect: Dialect, from = migrationsOf(dialect)): Promise<Version> {
  const folder = await mkdtemp(join(tmpdir(), 'hotel-version-'));
  await cp(from, folder, { recursive: true });
  return {
    migrations: pathToFileURL(`${folder}/`),
    add: (name, source) => writeFile(join(folder, name), source),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

/** The last migration of the real code. */
export async function lastMigration(dialect: Dialect): Promise<string> {
  return (await readdir(migrationsOf(dialect))).sort().at(-1) ?? '';
}

/** A migration that adds a column, and lets the real code run. */
export async function expansion(dialect: Dialect): Promise<string> {
  return `-- oldest code: ${await lastMigration(dialect)}\nALTER TABLE bookings ADD COLUMN guests integer;`;
}

/** The files of the example in docs/changing-the-schema.md. */
export async function migrationsOfGuide(dialect: Dialect): Promise<Array<{ name: string; source: string }>> {
  const guide = await readFile(new URL('../../docs/changing-the-schema.md', import.meta.url), 'utf8');
  const blocks = guide.matchAll(/<!-- dispo\/migrations\/(\w+)\/(\S+) -->\n```sql\n([\s\S]*?)```/g);
  return [...blocks]
    .filter(([, folder]) => folder === dialect)
    .map(([, , name = '', source = '']) => ({ name, source }));
}
