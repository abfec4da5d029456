import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeDispo, startFakeDispo } from '../../test/fake-dispo.ts';
import { eventOf } from '../../test/fixtures.ts';
import { createCallback, DispoUnavailableError, NotConfirmedError } from './callback.ts';

const event = eventOf('booking.changed', { booking_id: 42, revision: 2 });
const planned = { outcome: 'applied', isPlanned: true, epoch: '' } as const;
const never = new AbortController().signal;

let dispo: FakeDispo;
beforeEach(async () => {
  dispo = await startFakeDispo();
});
afterEach(() => dispo[Symbol.asyncDispose]());

it('confirms an event to dispo with its revision', async () => {
  await createCallback(dispo).confirm(event, planned, never);
  expect(dispo.calls).toEqual([
    {
      authorization: undefined,
      method: 'PUT',
      path: '/internal/v1/bookings/42/cleaning',
      body: { event_id: event.id, revision: 2, result: 'planned' },
    },
  ]);
});

it('reports an outdated event to dispo, with the epoch of the plan', async () => {
  const epoch = '0198c5a0-0000-7000-8000-00000000e0c1';
  const outdated = { outcome: 'outdated', isPlanned: false, epoch } as const;
  await createCallback(dispo).confirm(event, outdated, never);
  await createCallback(dispo).confirm(event, { ...outdated, epoch: '' }, never);
  const body = { event_id: event.id, revision: 2, result: 'outdated' };
  expect(dispo.calls.map((call) => call.body)).toEqual([{ ...body, epoch }, body]);
});

it('keeps the path prefix of the URL, and sends the token', async () => {
  await createCallback({ url: `${dispo.url}/hotel/dispo/`, token: 's3cret' }).confirm(event, planned, never);
  expect(dispo.calls).toMatchObject([
    { path: '/hotel/dispo/internal/v1/bookings/42/cleaning', authorization: 'Bearer s3cret' },
  ]);
});

it.each([200, 401, 404, 500, 503])('accepts only 204 as confirmation, not %i', async (status) => {
  dispo.next.push(status);
  const message = `dispo answered ${status} to PUT ${dispo.url}/internal/v1/bookings/42/cleaning`;
  await expect(createCallback(dispo).confirm(event, planned, never)).rejects.toThrow(message);
});

it.each([
  [401, false],
  [500, false],
  [502, true],
  [503, true],
  [504, true],
])('distinguishes an outage of dispo from a refusal: %i', async (status, isOutage) => {
  dispo.next.push(status);
  const error: unknown = await createCallback(dispo)
    .confirm(event, planned, never)
    .catch((error: unknown) => error);
  expect(error instanceof DispoUnavailableError).toBe(isOutage);
});

it('names the address of dispo when it cannot be reached', async () => {
  const { url } = dispo;
  await dispo[Symbol.asyncDispose]();
  await expect(createCallback({ url }).confirm(event, planned, never)).rejects.toThrow(
    new RegExp(`^dispo cannot be reached at ${url} \\(.*ECONNREFUSED.*\\)$`),
  );
  dispo = await startFakeDispo();
});

it('aborts a confirmation when the signal of its job aborts', async () => {
  dispo.next.push('later');
  const job = new AbortController();
  const confirmed = createCallback(dispo).confirm(event, planned, job.signal);
  job.abort(new Error('not done within 30 s'));
  await expect(confirmed).rejects.toThrow(NotConfirmedError);
});

describe('reporting a dead letter', () => {
  const failed = { event_id: event.id, booking_id: 42, revision: 2 };

  it('reports the event as failed, with its revision if known', async () => {
    await createCallback(dispo).reportFailed(failed);
    await createCallback(dispo).reportFailed({ ...failed, revision: undefined });
    expect(dispo.calls.map(({ body }) => body)).toEqual([
      { event_id: event.id, revision: 2, result: 'failed' },
      { event_id: event.id, result: 'failed' },
    ]);
  });

  it.each([
    ['a booking that dispo does not have', 404],
    ['another booking', 409],
  ])('succeeds when dispo does not accept an event of %s', async (_, status) => {
    dispo.next.push(status);
    await createCallback(dispo).reportFailed(failed);
  });

  it('rejects when dispo answers with an error', async () => {
    dispo.next.push(503);
    await expect(createCallback(dispo).reportFailed(failed)).rejects.toThrow('dispo answered 503');
  });
});
