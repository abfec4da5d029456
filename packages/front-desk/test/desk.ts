import { createApp, type Guard } from '@hotel/http';
import { createLogger } from '@hotel/log';
import type { BoardRoom, Stay } from '../src/board/data.ts';
import { frontDeskRoutes, isOpenPath } from '../src/index.ts';
import type { BrowserEvent, BrowserSpan } from '../src/relay/otlp.ts';
import type { FrontDeskOptions } from '../src/routes.ts';

export const TODAY = '2027-02-05';

export const stay = (changes: Partial<Stay> = {}): Stay => ({
  ...{ id: 42, room_id: 1, start: '2027-02-05', end: '2027-02-07', status: 'booked', cleaning: 'planned', revision: 1 },
  ...changes,
});
export const room = (changes: Partial<BoardRoom> = {}): BoardRoom => ({
  ...{ id: 1, number: '101', name: 'Room 101', stays: [] },
  ...changes,
});

/** The front desk of a hotel that is `rooms` and `cleaning`, which a test may change. */
export function openDesk(options: Partial<FrontDeskOptions> = {}, guard?: Guard) {
  const hotel = {
    rooms: [room({ stays: [stay()] })] as BoardRoom[] | Error,
    cleaning: { dirty: [], tasks: [] } as Awaited<ReturnType<FrontDeskOptions['cleaning']['read']>>,
    reads: 0,
    spans: [] as BrowserSpan[],
    events: [] as BrowserEvent[],
  };
  const log = createLogger();
  const app = createApp({ errors: { guest_not_gone: { status: 409 } }, log, guard, isOpen: isOpenPath });
  const desk = frontDeskRoutes({
    app,
    async readBoard() {
      hotel.reads++;
      if (hotel.rooms instanceof Error) throw hotel.rooms;
      return { rooms: hotel.rooms, hasMore: false };
    },
    cleaning: {
      read: async () => hotel.cleaning,
      finish: () => Promise.reject(Object.assign(new Error('the guest is still there'), { code: 'guest_not_gone' })),
    },
    today: () => TODAY,
    traceparent: () => '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    browserTelemetry: {
      isOn: () => true,
      exportSpans: async (spans) => void hotel.spans.push(...spans),
      exportEvents: async (events) => void hotel.events.push(...events),
    },
    sampleRatio: 1,
    unsampled: (start) => start(),
    tracesUrl: 'http://traces',
    needsToken: guard?.readCaller !== undefined,
    log,
    ...options,
  });
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await app.request(path, { headers });
    return { response, status: response.status, text: await response.text() };
  };
  return { app, desk, hotel, get };
}
