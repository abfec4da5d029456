import { setTimeout as sleep } from 'node:timers/promises';
import { type Body, type Request, TransactionConflict } from '@hotel/database';
import { moment, observeQuery, type PostgresQuery, type PostgresWaits } from '@hotel/telemetry';
import type { Pool } from 'pg';
import type { Client } from './driver.ts';
import { isAnswer, isConflict, toDatabaseError } from './errors.ts';
import { release } from './pool.ts';
import type { StatementRequest } from './statement.ts';

/** Attempts of a transaction that conflicts with others. */
const MAX_ATTEMPTS = 10;
/** Longest pause before the second attempt; it doubles each time, up to the maximum. */
const PAUSE_MS = 8;
const MAX_PAUSE_MS = 200;

export interface TransactionOptions {
  pool: Pool;
  waits: PostgresWaits;
  commit: PostgresQuery;
  rollback: PostgresQuery;
}

/** Runs bodies on connections of the pool. */
export class Transactions {
  private readonly options: TransactionOptions;

  constructor(options: TransactionOptions) {
    this.options = options;
  }

  async read<T>(body: Body<T>): Promise<T> {
    try {
      return await this.onConnection((client) => drive(body(), client));
    } catch (error) {
      throw toDatabaseError(error);
    }
  }

  async write<T>(body: Body<T>, isolation: string): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.onConnection((client) => this.transact(client, body, isolation));
      } catch (error) {
        if (attempt === MAX_ATTEMPTS || !isConflict(error)) throw toDatabaseError(error);
        await sleep(Math.random() * Math.min(PAUSE_MS * 2 ** (attempt - 1), MAX_PAUSE_MS));
      }
    }
  }

  private async transact<T>(client: Client, body: Body<T>, isolation: string): Promise<T> {
    await client.query(`BEGIN ISOLATION LEVEL ${isolation}`);
    try {
      const value = await drive(body(), client);
      await observeQuery(this.options.commit, () => client.query('COMMIT'));
      return value;
    } catch (error) {
      if (isAnswer(error) || !isFailure(error)) await this.rollback(client, error);
      throw error;
    }
  }

  /** A rollback before another attempt is part of the trace. */
  private async rollback(client: Client, error: unknown): Promise<void> {
    const rollback = () => client.query('ROLLBACK');
    if (isConflict(error)) await observeQuery(this.options.rollback, rollback);
    else await rollback();
  }

  async onConnection<T>(use: (client: Client) => Promise<T>): Promise<T> {
    const { pool, waits } = this.options;
    const began = pool.idleCount > 0 ? undefined : moment();
    let client: Client;
    try {
      client = await pool.connect();
    } catch (error) {
      if (began) waits.show({ began, ended: moment(), error });
      throw error;
    }
    if (began) waits.show({ began, ended: moment() });
    try {
      const value = await use(client);
      release(client, true);
      return value;
    } catch (error) {
      release(client, isAnswer(error) || !isFailure(error));
      throw error;
    }
  }
}

/** Whether an error is the driver's. Others come from the rules, and leave the connection as it is. */
function isFailure(error: unknown): boolean {
  return !(error instanceof TransactionConflict) && toDatabaseError(error) !== error;
}

/** Runs the steps of a body one after the other. */
async function drive<T>(step: Generator<Request, T, unknown>, client: Client): Promise<T> {
  let result = step.next();
  while (!result.done) {
    const request = result.value as StatementRequest;
    result = step.next(await request.send(client));
  }
  return result.value;
}
