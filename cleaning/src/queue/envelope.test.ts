import { describe, expect, it } from 'vitest';
import { eventOf } from '../../test/stand.ts';
import { EventNotValidError, parseEvent, readEnvelope } from './envelope.ts';

describe('an event', () => {
  it('is what dispo sends, with whatever a later dispo adds', () => {
    const event = eventOf('booking.created');
    expect(parseEvent({ ...event, partitionkey: '7', data: { ...event.data, guests: 2 } })).toEqual(event);
  });

  it.each([
    ['nothing', null],
    ['text', 'booking.created'],
    ['another version of CloudEvents', { ...eventOf('booking.created'), specversion: '0.3' }],
    ['a type nobody knows', { ...eventOf('booking.created'), type: 'booking.praised' }],
    ['no data', { ...eventOf('booking.created'), data: undefined }],
    ['a day that does not exist', eventOf('booking.created', { start: '2027-02-30' })],
  ])('is not: %s', (_, data) => {
    expect(() => parseEvent(data)).toThrow(EventNotValidError);
  });

  it('that is not valid is told by its fields, never by their values', () => {
    const data = { ...eventOf('booking.created', { start: 'mrs-miller', room: 7 as never }), id: 'mrs-miller' };
    expect(() => parseEvent(data)).toThrow(/^the job is not an event of dispo: id: .*; data\.room: .*; data\.start: /);
    expect(() => parseEvent(data)).not.toThrow(/miller/);
  });
});

describe('what a trace needs', () => {
  it('is read from an event that is not valid otherwise', () => {
    const fields = { traceparent: '00-a-b-01', tracestate: 'a=b', baggage: 'channel=web' };
    expect(readEnvelope({ ...fields, subject: 'bookings/42', data: 7 })).toEqual({
      carrier: fields,
      subject: 'bookings/42',
    });
  });

  it('is left out where it is not what it should be', () => {
    expect(readEnvelope({ traceparent: 7, baggage: null, subject: 'mrs-miller' })).toEqual({
      carrier: {},
      subject: undefined,
    });
    for (const data of [null, undefined, 'text', 7, []]) expect(readEnvelope(data).carrier).toEqual({});
  });
});
