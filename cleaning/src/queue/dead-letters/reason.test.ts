import { describe, expect, it } from 'vitest';
import { eventOf } from '../../../test/fixtures.ts';
import { DeadlineError } from '../deadline.ts';
import { EventNotValidError, JobTooLargeError } from '../messages/envelope.ts';
import { deadLetterReason, reasonOfFailedJob, StalledTooOftenError } from './reason.ts';

const data = eventOf('booking.created');
const job = (attemptsMade: number, message: unknown = data) => ({
  id: data.id,
  data: message,
  attemptsMade,
  opts: { attempts: 8 },
});
const strange = [
  ['not_valid', 'text'],
  ['not_valid', { ...data, id: '0198c5f0-0000-7000-8000-000000000000' }],
  ['unknown_type', { ...data, type: 'booking.praised' }],
  ['newer_version', { ...data, specversion: '2.0' }],
  ['not_valid', { unreadable: 'not_json', bytes: 7 }],
] as const;

describe('the reason of a dead letter', () => {
  it('is absent while attempts remain', () => {
    expect(deadLetterReason(job(6), new Error('no answer'))).toBeUndefined();
    expect(deadLetterReason(job(7), new Error('no answer'))).toBe('attempts_used_up');
    expect(deadLetterReason(job(7), new DeadlineError(30_000))).toBe('deadline');
  });

  it('exists after one attempt of a job without an `attempts` option', () => {
    expect(deadLetterReason({ data, attemptsMade: 0, opts: {} }, new Error('no answer'))).toBe('attempts_used_up');
  });

  it.each(strange)('exists after one attempt when the message is not an event: %s', (reason, message) => {
    expect(deadLetterReason(job(0, message), new EventNotValidError('no'))).toBe(reason);
  });

  it('exists after one attempt when the job is too large', () => {
    expect(deadLetterReason(job(0, null), new JobTooLargeError('no'))).toBe('too_large');
  });

  it('exists after one attempt when the workers of the job keep crashing', () => {
    expect(deadLetterReason(job(0), new StalledTooOftenError(11))).toBe('stalled');
  });
});

describe('the reason of a job found among the failed', () => {
  it.each([
    { reason: 'attempts_used_up', found: job(8) },
    { reason: 'stalled', found: job(1) },
    { reason: 'too_large', found: job(1, { unreadable: 'too_large', bytes: 100_000 }) },
    ...strange.map(([reason, message]) => ({ reason, found: job(1, message) })),
  ])('is derived from its data: $reason', ({ reason, found }) => {
    expect(reasonOfFailedJob(found)).toBe(reason);
  });
});
