import { createRequire } from 'node:module';
import type { Undecoded } from '@hotel/database';
import { afterAll, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { drizzle, eq, integer, sql, sqliteTable, text } from './drizzle.ts';
import { prepareStatement } from './statement.ts';

const open = createRequire(import.meta.url)('better-sqlite3') as typeof import('better-sqlite3');
const database = open(':memory:');
const orm = drizzle(database);
const guests = sqliteTable('guests', { id: integer().primaryKey(), name: text(), tags: text({ mode: 'json' }) });
const p = sql.placeholder;

database.exec('CREATE TABLE guests (id INTEGER PRIMARY KEY, name TEXT, tags TEXT)');
beforeEach(() => database.exec(`DELETE FROM guests; INSERT INTO guests VALUES (1, 'a', NULL), (2, 'b', NULL)`));
afterAll(() => database.close());

const named = () =>
  prepareStatement(
    database,
    orm
      .select({ id: guests.id })
      .from(guests)
      .where(eq(guests.name, p('name'))),
  );

describe('a prepared statement', () => {
  it('returns one row, all rows, or none', () => {
    expect(named().get({ name: 'b' })).toEqual({ id: 2 });
    expect(named().get({ name: 'c' })).toBeUndefined();
    expect(prepareStatement(database, orm.select({ id: guests.id, name: guests.name }).from(guests)).all()).toEqual([
      { id: 1, name: 'a' },
      { id: 2, name: 'b' },
    ]);
  });

  it('cannot be prepared with columns that the driver would return encoded', () => {
    const json = () => orm.select().from(guests);
    const nested = () => orm.select({ guest: guests }).from(guests);
    expectTypeOf<Undecoded<ReturnType<typeof json>>>().toBeString();
    expectTypeOf<Undecoded<ReturnType<typeof nested>>>().toBeString();
  });

  it("writes placeholders in their column's form, constants, and null", () => {
    const values = { name: p('name'), tags: p('tags') };
    const insert = prepareStatement(database, orm.insert(guests).values({ id: 3, ...values }));
    expect(insert.run({ name: null, tags: ['x', 1] }).changes).toBe(1);
    expect(database.prepare('SELECT * FROM guests WHERE id = 3').get()).toEqual({ id: 3, name: null, tags: '["x",1]' });
  });

  it('rejects a missing placeholder value, which the driver would write as NULL', () => {
    expect(() => named().get({ nmae: 'a' })).toThrow(new TypeError('the statement needs a value for "name"'));
    const update = prepareStatement(database, orm.update(guests).set({ name: sql`${p('name')}` }));
    expect(() => update.run()).toThrow(TypeError);
    expect(named().get({ name: 'a' })).toEqual({ id: 1 });
  });
});
