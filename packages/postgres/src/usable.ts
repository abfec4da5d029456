import { PostgresUnusableError } from './errors.ts';

/** The oldest version that is tested. Given as `server_version_num`. */
const OLDEST = 150_000;

export interface ServerState {
  version: number;
  name: string;
  read_only: string;
}

/** Returns one row, `ServerState`, even on versions that are too old. */
export const STATE = `SELECT current_setting('server_version_num')::int AS version,
  current_setting('server_version') AS name, current_setting('transaction_read_only') AS read_only`;

/** @throws PostgresUnusableError when the server is too old, or takes no writes */
export function requireUsable(state: ServerState | undefined): void {
  if (!state) throw new PostgresUnusableError('it does not report its version');
  if (state.version < OLDEST) {
    throw new PostgresUnusableError(
      `it is PostgreSQL ${state.name}, and version ${OLDEST / 10_000} or newer is needed`,
    );
  }
  if (state.read_only !== 'off') throw new PostgresUnusableError('it is read-only: it may be a standby');
}
