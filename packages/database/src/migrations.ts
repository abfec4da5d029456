/** Which migrations a database still needs, and which code may run on its schema (docs/adr/020-expand-and-contract.md). */
import { readdirSync, readFileSync } from 'node:fs';

/** A `*.sql` file of a service. Its name also names the code whose last migration it is. */
export interface Migration {
  name: string;
  source: string;
  /** The oldest code that may run on the schema once it is applied; null: only code that has this migration. */
  oldestCode: string | null;
}

/** A row of `schema_migrations`. */
export type AppliedMigration = Pick<Migration, 'name' | 'oldestCode'>;

const OLDEST_CODE = /^-- oldest code: *(.*)$/m;

/**
 * Reads the migrations of a folder in the order of their names.
 * @throws Error when a migration names no earlier one as its oldest code
 */
export function readMigrations(folder: URL): Migration[] {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort();
  return names.map((name, i) => {
    const source = readFileSync(new URL(name, folder), 'utf8');
    const oldestCode = OLDEST_CODE.exec(source)?.[1]?.trim() ?? null;
    if (oldestCode !== null && !names.slice(0, i).includes(oldestCode)) {
      throw new Error(`the migration ${name} has "oldest code: ${oldestCode}", which is not an earlier migration`);
    }
    return { name, source, oldestCode };
  });
}

/**
 * Returns the migrations that a database lacks.
 * @throws Error when this code may not run on the database: a newer version, or another branch, wrote it
 */
export function pendingMigrations(own: readonly Migration[], applied: readonly AppliedMigration[]): Migration[] {
  const isOwn = (wanted: string | null) => own.some(({ name }) => name === wanted);
  const last = own.at(-1)?.name ?? '';
  const pending = own.filter(({ name }) => !applied.some((one) => one.name === name));
  const unknown = applied.filter(({ name }) => !isOwn(name));
  const [foreign] = unknown.filter(({ name }) => name < last || pending.length > 0);
  if (foreign) {
    const lacks = pending[0] ? `, and lacks ${pending[0].name}` : '';
    throw new Error(`another branch wrote it: it has ${foreign.name}, which this version does not know${lacks}`);
  }
  const [tooNew] = unknown.filter(({ oldestCode }) => !isOwn(oldestCode));
  if (tooNew) {
    const { name, oldestCode } = tooNew;
    throw new Error(
      `a newer version wrote it: its migration ${name} requires code that has ${oldestCode ?? name}, and this version ends with ${last}`,
    );
  }
  return pending;
}
