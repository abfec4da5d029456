import { describe, expect, it } from 'vitest';
import { eventOf } from '../../../test/fixtures.ts';
import { EventNotValidError, parseEvent, readEnvelope } from './envelope.ts';

const parse = (data: unknown) => parseEvent({ id: (data as { id?: string } | null)?.id ?? '', data });

describe('parsing an event', () => {
  it('accepts fields that a later version of dispo adds', () => {
    const event = eventOf('booking.created');
    expect(parse({ ...event, partitionkey: '7', data: { ...event.data, guests: 2 } })).toEqual(event);
  });

  it.each([
    ['nothing', null],
    ['text', 'booking.created'],
    ['of another version of CloudEvents', { ...eventOf('booking.created'), specversion: '0.3' }],
    ['of an unknown type', { ...eventOf('booking.created'), type: 'booking.praised' }],
    ['without data', { ...eventOf('booking.created'), data: undefined }],
    ['with a day that does not exist', eventOf('booking.created', { start: '2027-02-30' })],
  ])('rejects data that is %s', (_, data) => {
    expect(() => parse(data)).toThrow(EventNotValidError);
  });

  it('rejects an event in a job with another id', () => {
    const data = eventOf('booking.created');
    expect(() => parseEvent({ id: eventOf('booking.created').id, data })).toThrow(
      /id: differs from the id of its job$/,
    );
  });

  it('names the invalid fields in its error, never their values', () => {
    const data = { ...eventOf('booking.created', { start: 'mrs-miller', room: 7 as never }), id: 'mrs-miller' };
    expect(() => parse(data)).toThrow(/^the job is not a valid dispo event: id: .*; data\.room: .*; data\.start: /);
    expect(() => parse(data)).not.toThrow(/miller/);
  });
});

it.each([
  ['an unknown type', { type: 'booking.praised' }, /^the job is of a type unknown to this worker: type: /],
  [
    'a later schema',
    { dataschema: 'urn:hotel:event:2' },
    /^the job is of a newer contract than this worker supports: /,
  ],
])('rejects an event of a newer contract as such: %s', (_, change, message) => {
  expect(() => parse({ ...eventOf('booking.created'), ...change })).toThrow(message);
});

describe('reading an envelope', () => {
  it('returns the failed attempt of a redriven event', () => {
    const redriven = { redriven: '2027-01-31T08:00:00.000Z', failedtraceparent: '00-a-c-01' };
    expect(readEnvelope(redriven)).toMatchObject({ isRedriven: true, failedTraceparent: '00-a-c-01' });
  });

  it('succeeds for an event that is not valid', () => {
    const fields = { traceparent: '00-a-b-01', tracestate: 'a=b', baggage: 'channel=web' };
    expect(readEnvelope({ ...fields, subject: 'bookings/42', data: 7 })).toEqual({
      carrier: fields,
      subject: 'bookings/42',
      id: undefined,
      isRedriven: false,
      failedTraceparent: undefined,
    });
  });

  it('leaves out invalid fields', () => {
    expect(readEnvelope({ traceparent: 7, baggage: null, id: 7, subject: 'mrs-miller', redriven: 1 })).toEqual({
      carrier: {},
      subject: undefined,
      id: undefined,
      isRedriven: false,
      failedTraceparent: undefined,
    });
    for (const data of [null, undefined, 'text', 7, []]) expect(readEnvelope(data).carrier).toEqual({});
  });
});
