import { describe, expect, it } from 'vitest';
import { type DeadLetter, deadLetterId, eventFactsOf, redrivenMessage } from './dead-letters.ts';
import { eventSchema, foreignTo } from './events.ts';

const id = '0198c5f0-0000-7000-8000-000000000000';
const facts = { booking_id: 42, revision: 2, room_id: 1, room: '101', start: '2027-02-04', end: '2027-02-06' };
const event = {
  specversion: '1.0',
  id,
  source: '/dispo',
  type: 'booking.changed',
  subject: 'bookings/42',
  time: '2027-01-30T09:15:00.000Z',
  datacontenttype: 'application/json',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  data: facts,
};
const letter: DeadLetter = {
  message: event,
  reason: 'attempts_used_up',
  error: 'dispo cannot be reached',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-03',
  failed_at: '2027-01-30T09:16:00.000Z',
  attempts: 8,
};
const now = new Date('2027-01-31T08:00:00.000Z');

describe('a message that is put back', () => {
  it('is the event that it was, in its own trace, and names the span that failed', () => {
    const again = redrivenMessage(letter, now);
    expect(again).toEqual({ ...event, redriven: now.toISOString(), failedtraceparent: letter.traceparent });
    expect(eventSchema.parse(again)).toEqual(again);
  });

  it('names the last failure when it has failed twice, and none when that is not known', () => {
    const first = redrivenMessage(letter, now);
    const { traceparent: _, ...unknown } = letter;
    expect(redrivenMessage({ ...unknown, message: first }, now)).toEqual({ ...event, redriven: now.toISOString() });
  });

  it.each([['text'], [7], [null], [[1]]])('stays what it is when it is no object: %j', (message) => {
    expect(redrivenMessage({ ...letter, message }, now)).toEqual(message);
  });
});

describe('which event is meant', () => {
  it('is told by the message', () => {
    expect(eventFactsOf(id, event)).toEqual({ event_id: id, booking_id: 42, revision: 2 });
  });

  it('is told by the subject alone when the data cannot be read', () => {
    expect(eventFactsOf(id, { subject: 'bookings/42', data: 'x' })).toEqual({
      event_id: id,
      booking_id: 42,
      revision: undefined,
    });
  });

  it.each([
    ['a message without a booking', id, { subject: 'rooms/1' }],
    ['no object', id, 'text'],
    ['nothing', id, null],
    ['an id that dispo has not made', '17', event],
  ])('is not told by %s', (_, jobId, message) => {
    expect(eventFactsOf(jobId, message)).toBeUndefined();
  });
});

describe('a message of a newer contract', () => {
  it.each([
    ['a later CloudEvents', { ...event, specversion: '2.0' }, 'newer_version'],
    ['a later data schema', { ...event, dataschema: 'urn:hotel:event:2' }, 'newer_version'],
    ['an unknown type', { ...event, type: 'booking.praised' }, 'unknown_type'],
    ['this data schema', { ...event, dataschema: 'urn:hotel:event:1' }, undefined],
    ['a schema of others', { ...event, dataschema: 'urn:next' }, undefined],
    ['an earlier CloudEvents', { ...event, specversion: '0.3' }, undefined],
    ['text', 'text', undefined],
  ])('is told from others: %s', (_, message, expected) => {
    expect(foreignTo(message)).toBe(expected);
  });

  it('is never taken for an event of this one', () => {
    expect(eventSchema.safeParse({ ...event, dataschema: 'urn:hotel:event:2' }).success).toBe(false);
  });
});

it('a number that BullMQ has given becomes an id that it takes, and stays one', () => {
  expect([deadLetterId('17'), deadLetterId('job-17'), deadLetterId(id)]).toEqual(['job-17', 'job-17', id]);
});
