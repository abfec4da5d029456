import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventSchema, eventTypes } from './events.ts';

const folder = new URL('../fixtures/', import.meta.url);
const files = readdirSync(folder);
const read = (file: string) => JSON.parse(readFileSync(new URL(file, folder), 'utf8'));

describe('every payload shape ever shipped', () => {
  it.each(files)('%s still parses, without loss', (file) => {
    const shipped = read(file);
    expect(eventSchema.parse(shipped)).toEqual(shipped);
  });

  it('covers every event type', () => {
    expect(new Set(files.map((file) => read(file).type))).toEqual(new Set(eventTypes));
  });
});

describe('an invalid event', () => {
  const shipped = read('booking.created.v1.json');

  it.each([
    ['an unknown type', { ...shipped, type: 'booking.teleported' }],
    ['a day that does not exist', { ...shipped, data: { ...shipped.data, start: '2027-02-30' } }],
    ['a missing revision', { ...shipped, data: { ...shipped.data, revision: undefined } }],
    [
      'a stay longer than dispo allows',
      { ...shipped, data: { ...shipped.data, start: '0001-01-01', end: '9999-12-31' } },
    ],
    ['a stay that is one night too long', { ...shipped, data: { ...shipped.data, end: '2028-02-06' } }],
    ['a stay that ends before it begins', { ...shipped, data: { ...shipped.data, end: '2027-02-03' } }],
    ['a day after the last one', { ...shipped, data: { ...shipped.data, end: '+010000-01-01' } }],
    ['a room number that dispo would not accept', { ...shipped, data: { ...shipped.data, room: '1'.repeat(17) } }],
    ['an epoch that is not one', { ...shipped, data: { ...shipped.data, epoch: 'first' } }],
    ['another version of CloudEvents', { ...shipped, specversion: '2.0' }],
  ])('is rejected: %s', (_what, event) => {
    expect(eventSchema.safeParse(event).success).toBe(false);
  });

  it('accepts the longest stay that dispo allows', () => {
    expect(eventSchema.safeParse({ ...shipped, data: { ...shipped.data, end: '2028-02-05' } }).success).toBe(true);
  });

  it('accepts a field added by a newer producer', () => {
    expect(
      eventSchema.safeParse({ ...shipped, dataschema: 'urn:next', data: { ...shipped.data, guests: 2 } }).success,
    ).toBe(true);
  });
});
