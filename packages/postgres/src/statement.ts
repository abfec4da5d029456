import { compile, type Query, type Request, type StatementOf, type Undecoded, type Values } from '@hotel/database';
import { observeQuery, type PostgresQuery, postgresQuery } from '@hotel/telemetry';
import type { QueryResult } from 'pg';
import type { Client } from './driver.ts';
import { withAnswerTimeout } from './limits.ts';

/** A statement with its parameters. The driver of the transaction sends it. */
export class StatementRequest implements Request {
  private readonly query: PostgresQuery;
  private readonly config: { name: string; text: string; values: unknown[] };

  constructor(query: PostgresQuery, config: { name: string; text: string; values: unknown[] }) {
    this.query = query;
    this.config = config;
  }

  /** Whether it writes nothing, so that it does no harm outside a transaction. */
  get isRead(): boolean {
    return /^select /i.test(this.config.text);
  }

  send(client: Client): Promise<QueryResult> {
    return observeQuery(this.query, () => client.query(withAnswerTimeout(this.config)));
  }
}

/** Prepares statements. Each connection prepares a statement when it first runs it, and knows it by its name. */
export function createPreparer(target: Parameters<typeof postgresQuery>[1]) {
  let count = 0;
  return <Q extends Query>(query: Q & Undecoded<Q>): StatementOf<Q> => {
    const { sql, bind } = compile(query);
    const observed = postgresQuery(sql, target);
    const name = `s${++count}`;
    function* run(values?: Values): Generator<Request, QueryResult, unknown> {
      return (yield new StatementRequest(observed, { name, text: sql, values: bind(values) })) as QueryResult;
    }
    return {
      *get(values) {
        return (yield* run(values)).rows[0];
      },
      *all(values) {
        return (yield* run(values)).rows;
      },
      *run(values) {
        return (yield* run(values)).rowCount ?? 0;
      },
    };
  };
}
