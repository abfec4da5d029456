import { expect, it } from 'vitest';
import { summaryOf } from './query-summary.ts';

it.each([
  ['select * from "guests" where id = 1', 'SELECT guests'],
  ["  INSERT INTO guests VALUES (2, 'b')", 'INSERT guests'],
  ['update `guests` set id = 3', 'UPDATE guests'],
  ['UPDATE OR IGNORE guests SET id = 3', 'UPDATE guests'],
  ['DELETE\n  FROM [guests]', 'DELETE guests'],
  ['SELECT 1', 'SELECT'],
  ['-- from which table?\nSELECT a /* from x */ FROM guests', 'SELECT guests'],
  ["SELECT 'from rooms', replace(a, 'b', 'c') FROM guests", 'SELECT guests'],
  ['insert into stays values (?) on conflict (id) do update set a = excluded.a', 'INSERT stays'],
  ['INSERT OR REPLACE INTO stays SELECT * FROM bookings', 'INSERT stays SELECT bookings'],
  ['select * from bookings b join main.rooms r on r.id = b.room_id', 'SELECT bookings main.rooms'],
  ['SELECT (SELECT max(x) FROM a) FROM (SELECT 1 FROM b)', 'SELECT a SELECT b'],
  ['INSERT INTO tasks (day) SELECT value FROM json_each(?)', 'INSERT tasks'],
  ['SELECT 1 WHERE EXISTS (SELECT 2)', 'SELECT'],
  ['SELECT a IS DISTINCT FROM b FROM c', 'SELECT c'],
  ['select a from b where id = $1 for no key update of "b"', 'SELECT b'],
  ['SELECT id FROM a FOR UPDATE SKIP LOCKED', 'SELECT a'],
  ['SELECT id FROM a LEFT JOIN b ON true FOR UPDATE OF a, b NOWAIT', 'SELECT a b'],
  ['SELECT id FROM a FOR SHARE OF a FOR KEY SHARE', 'SELECT a'],
  ['WITH x AS (SELECT 1 FROM a) DELETE FROM b', 'SELECT a DELETE b'],
  ['PRAGMA user_version', 'PRAGMA'],
  ['COMMIT', 'COMMIT'],
  ['BEGIN IMMEDIATE', 'BEGIN IMMEDIATE'],
  ['', 'QUERY'],
  ["'; DROP TABLE guests", 'DROP'],
])('the summary of %j is %j', (source, summary) => {
  expect(summaryOf(source)).toBe(summary);
});

it('a summary contains no values and at most 255 characters', () => {
  expect(summaryOf("SELECT 'mrs miller', 4711 FROM guests WHERE name = 'from smith'")).toBe('SELECT guests');
  expect(summaryOf(`SELECT 1 FROM ${'x'.repeat(1_000)}`)).toHaveLength(255);
});
