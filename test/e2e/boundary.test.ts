import type { TracedSystem } from '@hotel/trace-test';
import { hotel } from 'dev/system';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { book, insistOnTrace, startHotel } from './hotel.ts';

const caller = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };

describe('with HOTEL_TRACE_EDGE=restart', () => {
  let traced: TracedSystem;
  beforeAll(async () => {
    traced = await startHotel({ env: { HOTEL_TRACE_EDGE: 'restart' } });
  });
  afterAll(() => traced?.stop());

  it.each([
    ['-01', 'cannot choose'],
    ['-00', 'cannot hide from'],
  ])(
    'a caller with %s %s the trace: a new one begins, linked to the caller, without its tracestate and baggage',
    async (flags) => {
      const { traceId } = await book(
        traced,
        {
          room_id: 1,
          start: flags === '-01' ? '2027-01-01' : '2027-01-05',
          end: flags === '-01' ? '2027-01-02' : '2027-01-06',
        },
        {
          traceparent: `00-${caller.traceId}-${caller.spanId}${flags}`,
          tracestate: 'planted=1',
          baggage: 'channel=planted',
        },
      );
      expect(traceId).not.toBe(caller.traceId);
      const spans = await insistOnTrace(traced, traceId, hotel.expectedTraces.booking);
      const root = spans.find(({ parentSpanId }) => parentSpanId === undefined);
      expect(root?.links).toMatchObject([caller]);
      expect(spans.filter(({ traceState }) => traceState)).toEqual([]);
      expect(spans.filter(({ attributes }) => 'hotel.baggage.channel' in attributes)).toEqual([]);
      expect(traced.sink.rawBytes().includes('planted')).toBe(false);
    },
  );

  it('the internal listener still continues the trace of its caller', async () => {
    const answer = await fetch(`${traced.url('CLEANING_INTERNAL_PORT')}/internal/v1/rooms/1/state`, {
      headers: { traceparent: `00-${caller.traceId}-${caller.spanId}-01` },
    });
    expect(answer.headers.get('traceresponse')).toContain(caller.traceId);
  });
});
