import { createRequire } from 'node:module';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Database } from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insideOfASpan, startSdk } from '../../test/sdk.ts';
import { telemetryState } from '../setup/state.ts';
import { traceDatabase } from './sqlite.ts';

const require = createRequire(import.meta.url);
const open = require('better-sqlite3') as typeof import('better-sqlite3');

const sdk = startSdk();
let database: Database;
beforeEach(() => {
  database = open(':memory:');
  database.exec("CREATE TABLE guests (id INTEGER PRIMARY KEY, name TEXT UNIQUE); INSERT INTO guests VALUES (1, 'a')");
  traceDatabase(database, 'hotel');
});
afterEach(() => {
  database.close();
  telemetryState.enabled = true;
});

/** The spans of `work` in the order of their starts, without the one around it. */
async function spansOf(work: () => unknown): Promise<ReadableSpan[]> {
  await insideOfASpan(work);
  return sdk
    .spans()
    .filter(({ kind }) => kind === SpanKind.CLIENT)
    .sort((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1]);
}

/** The name of each span, with the names of its children. */
function tree(spans: ReadableSpan[], parent?: string): unknown[] {
  const ids = new Set(spans.map((span) => span.spanContext().spanId));
  return spans
    .filter(({ parentSpanContext }) =>
      parent === undefined ? !ids.has(parentSpanContext?.spanId ?? '') : parentSpanContext?.spanId === parent,
    )
    .map((span) => {
      const below = tree(spans, span.spanContext().spanId);
      return below.length > 0 ? { [span.name]: below } : span.name;
    });
}

const count = () => database.prepare('SELECT count(*) FROM guests').pluck().get();
const insert = (name: string) => database.prepare('INSERT INTO guests (name) VALUES (?)').run(name);

describe.each([
  ['a span of the SDK', false],
  ['a span from a template', true],
])('as %s, a statement', (_what, useTemplates) => {
  beforeEach(() => {
    sdk.useTemplates = useTemplates;
  });

  it('is a CLIENT span with the conventional attributes and without its values', async () => {
    const select = database.prepare('SELECT id FROM guests WHERE name = ?');
    const [span, ...others] = await spansOf(() => select.get('miller'));
    expect(others).toEqual([]);
    expect(span?.name).toBe('SELECT guests');
    expect(span?.status.code).toBe(SpanStatusCode.UNSET);
    expect(span?.attributes).toEqual({
      'db.system.name': 'sqlite',
      'db.namespace': 'hotel',
      'db.query.summary': 'SELECT guests',
      'db.query.text': 'SELECT id FROM guests WHERE name = ?',
    });
  });

  it.each<[string, () => unknown, unknown, string]>([
    ['run', () => insert('b').changes, 1, 'INSERT guests'],
    ['get', () => database.prepare('SELECT name FROM guests').get(), { name: 'a' }, 'SELECT guests'],
    ['all', () => database.prepare('SELECT name FROM guests').all(), [{ name: 'a' }], 'SELECT guests'],
    ['iterate', () => [...database.prepare('SELECT name FROM guests').iterate()], [{ name: 'a' }], 'SELECT guests'],
    ['exec', () => database.exec('DELETE FROM guests') === database, true, 'DELETE guests'],
    ['run of a statement that returns rows', () => database.prepare('SELECT 1').run().changes, 0, 'SELECT'],
    ['raw', () => database.prepare('SELECT id, name FROM guests').raw().all(), [[1, 'a']], 'SELECT guests'],
    ['raw and get', () => database.prepare('SELECT id, name FROM guests').raw().get(), [1, 'a'], 'SELECT guests'],
    ['pluck', () => database.prepare('SELECT name FROM guests').pluck().all(), ['a'], 'SELECT guests'],
    ['expand', () => database.prepare('SELECT id FROM guests').expand().get(), { guests: { id: 1 } }, 'SELECT guests'],
    [
      'bind',
      () => database.prepare('SELECT id FROM guests WHERE name = ?').bind('a').get(),
      { id: 1 },
      'SELECT guests',
    ],
    [
      'named values',
      () => database.prepare('SELECT id FROM guests WHERE name = $n').get({ n: 'a' }),
      { id: 1 },
      'SELECT guests',
    ],
  ])('by %s returns the same as without tracing, and is one span', async (_how, execute, expected, name) => {
    let result: unknown;
    const spans = await spansOf(() => {
      result = execute();
    });
    expect(result).toEqual(expected);
    expect(tree(spans)).toEqual([name]);
  });

  it('prepared once is a span per execution, below the active span', async () => {
    const select = database.prepare('SELECT id FROM guests WHERE name = ?');
    const { parent: first } = await insideOfASpan(() => select.get('a'));
    const { parent: second } = await insideOfASpan(() => select.get('b'));
    const parents = sdk.spans().filter(({ kind }) => kind === SpanKind.CLIENT);
    expect(parents.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([first.spanId, second.spanId]);
  });

  it("that fails is an ERROR with SQLite's code, and throws the original error", async () => {
    const [span] = await spansOf(() => expect(() => insert('a')).toThrow('UNIQUE constraint failed'));
    expect(span?.status.code).toBe(SpanStatusCode.ERROR);
    expect(span?.attributes).toMatchObject({
      'error.type': 'SQLITE_CONSTRAINT_UNIQUE',
      'db.response.status_code': 'SQLITE_CONSTRAINT_UNIQUE',
    });
    expect(span?.events.map(({ name }) => name)).toEqual(['exception']);
  });

  it('outside a trace has no span', () => {
    insert('b');
    database.exec("INSERT INTO guests VALUES (7, 'c')");
    database.transaction(() => insert('d'))();
    expect([...database.prepare('SELECT name FROM guests').pluck().iterate()]).toEqual(['a', 'b', 'c', 'd']);
    expect(sdk.spans()).toEqual([]);
  });

  it('in an unsampled trace is executed without a span', async () => {
    sdk.sampleNewTraces = false;
    expect(await spansOf(() => insert('miller'))).toEqual([]);
    expect(count()).toBe(2);
  });

  it('in a process without an SDK is left unchanged', () => {
    telemetryState.enabled = false;
    const other = open(':memory:');
    const { prepare, exec, transaction } = other;
    expect(traceDatabase(other, 'hotel')).toBe(other);
    expect([other.prepare, other.exec, other.transaction]).toEqual([prepare, exec, transaction]);
    other.close();
  });
});

describe.each([
  ['a span of the SDK', false],
  ['a span from a template', true],
])('as %s, a cursor', (_what, useTemplates) => {
  beforeEach(() => {
    sdk.useTemplates = useTemplates;
    for (const name of ['b', 'c']) insert(name);
  });
  const cursor = () => database.prepare('SELECT name FROM guests').pluck().iterate();

  it('that is left early ends its span and frees the connection', async () => {
    const spans = await spansOf(() => {
      for (const name of cursor()) if (name === 'b') break;
    });
    expect(tree(spans)).toEqual(['SELECT guests']);
    expect(() => insert('d')).not.toThrow();
  });

  it('whose reader fails ends its span without an error', async () => {
    const spans = await spansOf(() =>
      expect(() => {
        for (const name of cursor()) throw new Error(`no room for ${name}`);
      }).toThrow('no room for a'),
    );
    expect(spans.map(({ status }) => status.code)).toEqual([SpanStatusCode.UNSET]);
  });

  it('that fails while it is read is an ERROR', async () => {
    database.function('explode', () => {
      throw new Error('boom');
    });
    const [span] = await spansOf(() =>
      expect(() => [...database.prepare('SELECT explode() FROM guests').iterate()]).toThrow('boom'),
    );
    expect(span?.status.code).toBe(SpanStatusCode.ERROR);
  });
});

describe('a transaction', () => {
  it('is a span with its statements below it, and commits', async () => {
    const spans = await spansOf(() => database.transaction((name: string) => [insert(name), count()])('b'));
    expect(tree(spans)).toEqual([{ TRANSACTION: ['INSERT guests', 'SELECT guests'] }]);
    expect(count()).toBe(2);
  });

  it('that throws rolls back, is an ERROR, and rethrows', async () => {
    const [span] = await spansOf(() => {
      const half = database.transaction(() => {
        insert('b');
        throw new TypeError('changed my mind');
      });
      expect(half).toThrow('changed my mind');
    });
    expect(span?.name).toBe('TRANSACTION');
    expect(span?.attributes['error.type']).toBe('TypeError');
    expect(count()).toBe(1);
  });

  it('within another one is a savepoint whose failure rolls back only its own changes', async () => {
    const spans = await spansOf(() =>
      database.transaction(() => {
        insert('b');
        const inner = database.transaction(() => {
          insert('c');
          throw new Error('not this one');
        });
        expect(inner).toThrow('not this one');
        insert('d');
      })(),
    );
    expect(tree(spans)).toEqual([
      { TRANSACTION: ['INSERT guests', { TRANSACTION: ['INSERT guests'] }, 'INSERT guests'] },
    ]);
    expect(database.prepare('SELECT name FROM guests').pluck().all()).toEqual(['a', 'b', 'd']);
  });

  it.each(['default', 'deferred', 'immediate', 'exclusive'] as const)(
    '%s keeps its arguments, its this and its result',
    async (variant) => {
      const add = database.transaction(function (this: unknown, name: string) {
        return [this, insert(name).changes, database.inTransaction];
      });
      let result: unknown;
      const hotel = { add: add[variant] };
      const spans = await spansOf(() => {
        result = hotel.add('b');
      });
      expect(result).toEqual([hotel, 1, true]);
      expect(tree(spans)).toEqual([{ TRANSACTION: ['INSERT guests'] }]);
    },
  );
});

describe('drizzle on a traced database', () => {
  // Resolved from the package above this one, the only one that depends on it.
  const requireOfSqlite = createRequire(new URL('../../../sqlite/package.json', import.meta.url));
  const { drizzle } = requireOfSqlite('drizzle-orm/better-sqlite3');
  const { sql } = requireOfSqlite('drizzle-orm');
  const { integer, sqliteTable, text } = requireOfSqlite('drizzle-orm/sqlite-core');
  const guests = sqliteTable('guests', { id: integer().primaryKey(), name: text() });

  it('makes one span per query, with placeholders for the values', async () => {
    const orm = drizzle(database);
    const byName = orm
      .select()
      .from(guests)
      .where(sql`${guests.name} = ${sql.placeholder('name')}`)
      .prepare();
    const results: unknown[] = [];
    const spans = await spansOf(() => {
      results.push(orm.insert(guests).values({ name: 'miller' }).returning().get());
      results.push(byName.get({ name: 'miller' }), byName.all({ name: 'nobody' }));
      results.push(orm.update(guests).set({ name: 'smith' }).where(sql`${guests.id} = ${2}`).run().changes);
    });
    const miller = { id: 2, name: 'miller' };
    expect(results.slice(0, 3)).toEqual([miller, miller, []]);
    expect(tree(spans)).toEqual(['INSERT guests', 'SELECT guests', 'SELECT guests', 'UPDATE guests']);
    expect(JSON.stringify(spans.map(({ attributes }) => attributes))).not.toMatch(/miller|smith|nobody/);
  });
});
