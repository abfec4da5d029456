import { ConstraintViolation, TransactionConflict } from '@hotel/database';
import { describe, expect, it } from 'vitest';
import { DatabaseError } from './driver.ts';
import { isAnswer, isConflict, toDatabaseError } from './errors.ts';

function fromServer(code: string, severity = 'ERROR'): Error {
  return Object.assign(new DatabaseError('the reason', 0, 'error'), { code, severity });
}

describe('an error of the server', () => {
  it.each([
    ['08006', 'connection_failure', 'database_unreachable'],
    ['25006', 'read_only_sql_transaction', 'database_unreachable'],
    ['25P03', 'idle_in_transaction_session_timeout', 'database_busy'],
    ['25P04', 'transaction_timeout', 'database_busy'],
    ['28P01', 'invalid_password', 'database_unreachable'],
    ['3D000', 'invalid_catalog_name', 'database_unreachable'],
    ['40001', 'serialization_failure', 'database_busy'],
    ['40003', 'statement_completion_unknown', 'database_unreachable'],
    ['40P01', 'deadlock_detected', 'database_busy'],
    ['53100', 'disk_full', 'database_full'],
    ['53200', 'out_of_memory', 'database_busy'],
    ['53300', 'too_many_connections', 'database_busy'],
    ['53400', 'configuration_limit_exceeded', 'database_unavailable'],
    ['55P03', 'lock_not_available', 'database_busy'],
    ['57014', 'query_canceled', 'database_busy'],
    ['57P01', 'admin_shutdown', 'database_unreachable'],
    ['57P02', 'crash_shutdown', 'database_unreachable'],
    ['57P03', 'cannot_connect_now', 'database_unreachable'],
    ['58030', 'io_error', 'database_unavailable'],
    ['XX001', 'data_corrupted', 'database_unavailable'],
  ])('%s (%s) is %s, and its message has the SQLSTATE and the reason', (state, _, code) => {
    const mapped = toDatabaseError(fromServer(state));
    expect(mapped).toMatchObject({ code, message: expect.stringContaining(`(${state}): the reason`) });
  });

  it.each(['53000', '53400', '58030', 'XX000'])('%s alone is a failure of the storage', (state) => {
    expect(String(toDatabaseError(fromServer(state)))).toContain('the storage of the database fails');
  });

  it.each([
    ['0A000', 'feature_not_supported'],
    ['22P02', 'invalid_text_representation'],
    ['25P02', 'in_failed_sql_transaction'],
    ['42P01', 'undefined_table'],
    ['54001', 'statement_too_complex'],
    ['55000', 'object_not_in_prerequisite_state'],
    ['P0001', 'raise_exception'],
  ])('%s (%s) is a defect, and is returned unchanged', (state) => {
    const error = fromServer(state);
    expect(toDatabaseError(error)).toBe(error);
  });

  it.each(['23503', '23505', '23P01'])('%s is a violated constraint', (state) => {
    expect(toDatabaseError(Object.assign(fromServer(state), { constraint: 'one_guest' }))).toEqual(
      new ConstraintViolation('one_guest', undefined),
    );
  });

  it.each([
    ['40001', true],
    ['40P01', true],
    ['23P01', true],
    ['40003', false],
    ['55P03', false],
    ['57014', false],
    ['53300', false],
  ])('%s lets the transaction run again: %s', (state, expected) => {
    expect(isConflict(fromServer(state))).toBe(expected);
  });

  it.each([
    ['40001', 'ERROR', true],
    ['55P03', 'ERROR', true],
    ['57014', 'ERROR', true],
    ['42P01', 'ERROR', true],
    ['25006', 'ERROR', false],
    ['25P03', 'FATAL', false],
    ['57P01', 'FATAL', false],
  ])('%s (%s) leaves a connection that can be used again: %s', (state, severity, expected) => {
    expect(isAnswer(fromServer(state, severity))).toBe(expected);
  });
});

describe('an error of the driver', () => {
  it.each([
    ['timeout exceeded when trying to connect', 'database_busy'],
    ['Connection terminated due to connection timeout', 'database_unreachable'],
    ['Connection terminated unexpectedly', 'database_unreachable'],
    ['Query read timeout', 'database_unreachable'],
    ['Client has encountered a connection error and is not queryable', 'database_unreachable'],
    ['Cannot use a pool after calling end on the pool', 'database_unreachable'],
  ])('"%s" is %s', (message, code) => {
    expect(toDatabaseError(new Error(message))).toMatchObject({ code });
  });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'EADDRNOTAVAIL'])('%s is unreachable', (code) => {
    expect(toDatabaseError(Object.assign(new Error(''), { code }))).toMatchObject({
      code: 'database_unreachable',
      message: `the database cannot be reached: ${code}`,
    });
  });
});

it('an error of the rules is returned unchanged, and only a conflict lets the transaction run again', () => {
  const conflict = new TransactionConflict('again');
  const rule = Object.assign(new Error('taken'), { code: 'room_taken' });
  expect([conflict, rule].map(toDatabaseError)).toEqual([conflict, rule]);
  expect([conflict, rule].map(isConflict)).toEqual([true, false]);
});
