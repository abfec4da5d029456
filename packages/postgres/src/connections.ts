import type { Pool } from 'pg';
import type { Client } from './driver.ts';
import { ACQUIRE_TIMEOUT_MS, acquireTimeoutMs, requestTimedOut } from './limits.ts';
import { destroy, release } from './pool.ts';

/** Leaves a closing process enough of its 9.5 s to respond, and to send its spans. */
const LAST_ANSWER_MS = 5_000;

/** Hands out the connections of a pool. */
export class Connections {
  private readonly pool: Pool;
  private readonly inUse = new Set<Client>();
  private readonly closing = Promise.withResolvers<never>();
  private timer: NodeJS.Timeout | undefined;

  constructor(pool: Pool) {
    this.pool = pool;
    // It rejects those who wait, if any.
    this.closing.promise.catch(() => {});
  }

  hasIdle(): boolean {
    return this.pool.idleCount > 0;
  }

  /** @throws PostgresError when the current request has no time left */
  async take(): Promise<Client> {
    const timeoutMs = acquireTimeoutMs();
    const connecting = this.pool.connect();
    const late = Promise.withResolvers<never>();
    // The pool itself enforces the usual limit.
    const timer =
      timeoutMs < ACQUIRE_TIMEOUT_MS ? setTimeout(() => late.reject(requestTimedOut()), timeoutMs) : undefined;
    try {
      const client = await Promise.race([connecting, this.closing.promise, late.promise]);
      this.inUse.add(client);
      return client;
    } catch (error) {
      connecting.then(
        (client) => client.release(this.timer !== undefined),
        () => {},
      );
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** `error`: leaves the state of the connection unknown, so that it is closed. */
  giveBack(client: Client, error?: unknown): void {
    this.inUse.delete(client);
    release(client, error);
  }

  /** Fails what still waits for the server after some seconds: the process is closing. */
  closeSoon(): void {
    this.timer ??= setTimeout(() => {
      this.closing.reject(new Error('Connection terminated because this process is closing'));
      for (const client of this.inUse) destroy(client);
    }, LAST_ANSWER_MS);
  }

  /** The pool also waits for connections that it still opens, which a silent server delays by their whole time limit. */
  async close(): Promise<void> {
    const givenUp = this.closing.promise.catch(() => {});
    await Promise.race([this.pool.end(), givenUp]);
    clearTimeout(this.timer);
  }
}
