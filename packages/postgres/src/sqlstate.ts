/** What an error of the server means for the transaction that met it. */
export type Meaning =
  /** Another transaction was faster: run it again. */
  | 'conflict'
  /** A constraint of the schema rejects the write: run it again, so that the rules see what others have committed. */
  | 'constraint'
  /** The server is up but has no time, lock, connection or memory to spare. Nothing was written. */
  | 'busy'
  /** The disk is full. Nothing was written. */
  | 'full'
  /** The server cannot use its files, or they are damaged. */
  | 'storage'
  /** The server cannot take writes: it is restarting, is a standby, or rejects the login. */
  | 'unreachable'
  /** A mistake in a statement or in the schema. */
  | 'defect';

/** By class (two characters) or whole SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const meanings: Record<string, Meaning> = {
  '08': 'unreachable',
  23: 'constraint',
  // read_only_sql_transaction: the server has become a standby.
  25006: 'unreachable',
  // This process was suspended within a transaction, and the server ended it.
  '25P03': 'busy',
  '25P04': 'busy',
  28: 'unreachable',
  '3D': 'unreachable',
  40: 'conflict',
  // statement_completion_unknown
  40003: 'unreachable',
  53: 'storage',
  53100: 'full',
  // out_of_memory, which includes the table of locks; too_many_connections.
  53200: 'busy',
  53300: 'busy',
  // lock_not_available
  '55P03': 'busy',
  57: 'unreachable',
  // query_canceled, by statement_timeout
  57014: 'busy',
  58: 'storage',
  XX: 'storage',
};

export function meaningOf(sqlstate: string): Meaning {
  return meanings[sqlstate] ?? meanings[sqlstate.slice(0, 2)] ?? 'defect';
}
