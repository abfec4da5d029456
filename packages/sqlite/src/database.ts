import { type Database, finish, type Query, sqliteColumns, synchronously, type Undecoded } from '@hotel/database';
import type { Sqlite } from './sqlite.ts';

/** SQLite as the database of rules that run on PostgreSQL as well. Its steps never wait, so that nothing runs in between. */
export function asDatabase(sqlite: Sqlite): Database {
  return {
    dialect: 'sqlite',
    columns: sqliteColumns,
    orm: sqlite.orm,
    prepare<Q extends Query>(query: Q & Undecoded<Q>) {
      const statement = sqlite.prepare(query);
      return {
        get: (values) => synchronously(() => statement.get(values) as never),
        all: (values) => synchronously(() => statement.all(values) as never),
        run: (values) => synchronously(() => statement.run(values).changes),
      };
    },
    lock: (query) => query,
    read: (body) => sqlite.read(() => finish(body())),
    write: (body) => sqlite.write((() => finish(body())) as never),
    check: () => sqlite.check(),
    epoch: async () => sqlite.epoch(),
    currentEpoch: () => synchronously(() => sqlite.epoch().epoch),
    beginEpoch: (cause, after) => sqlite.beginEpoch(cause, after),
    // The longest wait is that for a locked file, which has its own limit.
    closeSoon() {},
    [Symbol.asyncDispose]: () => sqlite[Symbol.asyncDispose](),
  };
}
