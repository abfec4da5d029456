import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { type AppliedMigration, pendingMigrations, readMigrations } from './migrations.ts';

const [FIRST, EXPANDS, CONTRACTS] = ['0001_rooms.sql', '0002_guests.sql', '0003_no_beds.sql'];
/** Each version of the code has the migrations up to its last one. */
const history: AppliedMigration[] = [
  { name: FIRST, oldestCode: null },
  { name: EXPANDS, oldestCode: FIRST },
  { name: CONTRACTS, oldestCode: EXPANDS },
];
const upTo = (count: number) => history.slice(0, count).map((one) => ({ ...one, source: '' }));
const decide = (code: number, database: AppliedMigration[]) =>
  pendingMigrations(upTo(code), database).map(({ name }) => name);

it('applies what the database lacks', () => {
  expect(decide(3, [])).toEqual([FIRST, EXPANDS, CONTRACTS]);
  expect(decide(3, upTo(1))).toEqual([EXPANDS, CONTRACTS]);
  expect(decide(3, upTo(3))).toEqual([]);
});

it('lets older code run on a schema that names it as the oldest code', () => {
  expect(decide(1, upTo(2))).toEqual([]);
  expect(decide(2, upTo(3))).toEqual([]);
});

it('rejects code that lacks the oldest code of any migration, and names that migration', () => {
  expect(() => decide(1, upTo(3))).toThrow(
    `a newer version wrote it: its migration ${CONTRACTS} requires code that has ${EXPANDS}, and this version ends with ${FIRST}`,
  );
});

it('rejects older code where a migration names no oldest code', () => {
  const database = [...upTo(1), { name: EXPANDS, oldestCode: null }];
  expect(() => decide(1, database)).toThrow(/its migration 0002_guests.sql requires code that has 0002_guests.sql/);
});

it('rejects a database that another branch has migrated', () => {
  const other = { name: '0002_beds.sql', oldestCode: FIRST };
  expect(() => decide(2, [...upTo(1), other])).toThrow(
    `another branch wrote it: it has 0002_beds.sql, which this version does not know, and lacks ${EXPANDS}`,
  );
  expect(() => decide(2, [...upTo(2), other])).toThrow(/another branch wrote it: it has 0002_beds.sql/);
});

it('reads migrations in the order of their names, with their oldest code', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hotel-migrations-'));
  const write = (name: string, source: string) => writeFileSync(join(folder, name), source);
  const read = () => readMigrations(pathToFileURL(`${folder}/`)).map(({ name, oldestCode }) => [name, oldestCode]);
  try {
    write('0002_guests.sql', `-- Guests.\n-- oldest code: ${FIRST}\nSELECT 1;`);
    write(FIRST, 'SELECT 1;');
    write('notes.txt', '');
    expect(read()).toEqual([
      [FIRST, null],
      [EXPANDS, FIRST],
    ]);
    write(EXPANDS, '-- oldest code: 0009_typo.sql\nSELECT 1;');
    expect(read).toThrow(
      `the migration ${EXPANDS} has "oldest code: 0009_typo.sql", which is not an earlier migration`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
