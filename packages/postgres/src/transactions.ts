import { setTimeout as sleep } from 'node:timers/promises';
import { type Body, LastRequest, type Request, RequestGroup, TransactionConflict } from '@hotel/database';
import { moment, observeQuery, type PostgresQuery, type PostgresWaits } from '@hotel/telemetry';
import type { QueryResult } from 'pg';
import type { Connections } from './connections.ts';
import type { Client } from './driver.ts';
import { isAnswer, isConflict, toDatabaseError } from './errors.ts';
import { shorterTimeout, withAnswerTimeout } from './limits.ts';
import { atOnce } from './pool.ts';
import { StatementRequest } from './statement.ts';

/** Attempts of a transaction that conflicts with others. */
const MAX_ATTEMPTS = 10;
/** Longest pause before the second attempt; it doubles each time, up to the maximum. */
const PAUSE_MS = 8;
const MAX_PAUSE_MS = 200;

export interface TransactionOptions {
  connections: Connections;
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
      return await this.onConnection(async (client) => {
        const steps = body();
        let step = steps.next();
        while (!step.done) step = steps.next(await this.sendAlone(client, step.value));
        return step.value;
      });
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
    const steps = body();
    let step = steps.next();
    if (step.done) return step.value;
    try {
      let response = await this.begin(client, isolation, step.value);
      for (;;) {
        const isCommitted = step.value instanceof LastRequest;
        step = steps.next(response);
        if (step.done) {
          if (!isCommitted) await this.commit(client);
          return step.value;
        }
        if (isCommitted) throw new TypeError('the transaction has a statement after its last one');
        response = await this.sendInTime(client, step.value);
      }
    } catch (error) {
      if (isAnswer(error) || !isFailure(error)) await this.rollback(client, error);
      throw error;
    }
  }

  /** Sends BEGIN and the first request. A write waits, because it would be committed if BEGIN failed. */
  private async begin(client: Client, isolation: string, first: Request): Promise<unknown> {
    const begin = () => run(client, `BEGIN ISOLATION LEVEL ${isolation}`);
    if (isRead(first)) {
      const [, response] = await atOnce(client, () => Promise.all([begin(), this.sendInTime(client, first)]));
      return response;
    }
    await begin();
    return this.sendInTime(client, first);
  }

  /** Sends a request of a transaction, together with a shorter limit for it if its caller has little time left. */
  private async sendInTime(client: Client, request: Request): Promise<unknown> {
    const shorter = shorterTimeout();
    if (shorter === undefined) return this.send(client, request);
    const [, response] = await atOnce(client, () => Promise.all([run(client, shorter), this.send(client, request)]));
    return response;
  }

  /** Sends a request outside a transaction. A shorter limit needs one of its own, or it would stay in force. */
  private async sendAlone(client: Client, request: Request): Promise<unknown> {
    const shorter = shorterTimeout();
    if (shorter === undefined) return this.send(client, request);
    const [, response] = await atOnce(client, () =>
      Promise.all([run(client, `BEGIN; ${shorter}`), this.send(client, request), run(client, 'COMMIT')]),
    );
    return response;
  }

  private send(client: Client, request: Request): Promise<unknown> {
    if (request instanceof RequestGroup) {
      return atOnce(client, () => Promise.all(request.requests.map((one) => this.send(client, one))));
    }
    if (request instanceof LastRequest) {
      return atOnce(client, async () => {
        const [response] = await Promise.all([this.send(client, request.request), this.commit(client)]);
        return response;
      });
    }
    return (request as StatementRequest).send(client);
  }

  private async commit(client: Client): Promise<void> {
    await observeQuery(this.options.commit, async () => {
      const { command } = await run(client, 'COMMIT');
      // The statement before it failed.
      if (command !== 'COMMIT') throw Object.assign(new Error('the transaction was rolled back'), { code: '25P02' });
    });
  }

  /** A rollback before another attempt is part of the trace. */
  private async rollback(client: Client, error: unknown): Promise<void> {
    const rollback = () => run(client, 'ROLLBACK');
    if (isConflict(error)) await observeQuery(this.options.rollback, rollback);
    else await rollback();
  }

  async onConnection<T>(use: (client: Client) => Promise<T>): Promise<T> {
    const { connections, waits } = this.options;
    const began = connections.hasIdle() ? undefined : moment();
    let client: Client;
    try {
      client = await connections.take();
    } catch (error) {
      if (began) waits.show({ began, ended: moment(), error });
      throw error;
    }
    if (began) waits.show({ began, ended: moment() });
    try {
      const value = await use(client);
      connections.giveBack(client);
      return value;
    } catch (error) {
      connections.giveBack(client, isAnswer(error) || !isFailure(error) ? undefined : error);
      throw error;
    }
  }
}

function run(client: Client, text: string): Promise<QueryResult> {
  return client.query(withAnswerTimeout({ text }));
}

/** Whether an error is the driver's. Others come from the rules, and leave the connection as it is. */
function isFailure(error: unknown): boolean {
  return !(error instanceof TransactionConflict) && toDatabaseError(error) !== error;
}

function isRead(request: Request): boolean {
  if (request instanceof RequestGroup) return request.requests.every(isRead);
  return request instanceof StatementRequest && request.isRead;
}
