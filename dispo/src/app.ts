import type { OpenAPIHono } from '@hono/zod-openapi';
import { isOpenPath } from '@hotel/front-desk';
import {
  type Checks,
  createApp,
  databaseErrors,
  describeApi,
  type ErrorTable,
  type Guard,
  healthRoutes,
} from '@hotel/http';
import type { Logger } from '@hotel/log';
import type { Bookings } from './bookings/bookings.ts';
import { internalBookingRoutes } from './bookings/internal-routes.ts';
import { bookingRoutes } from './bookings/routes.ts';
import { PAUSE_S } from './cleaning/cleaning-breaker.ts';
import type { ErrorCode } from './errors.ts';
import type { Replay } from './replay/replay.ts';
import { replayRoutes } from './replay/routes.ts';
import type { RoomRepository } from './rooms/repository.ts';
import { roomRoutes } from './rooms/routes.ts';
import { createTraceLink } from './telemetry/cleaning-trace.ts';

export interface Deps {
  rooms: RoomRepository;
  bookings: Bookings;
  replay: Replay;
  /** Base URL of the trace UI, such as `http://localhost:16686`. Undefined: responses link to no traces. */
  tracesUrl: string | undefined;
  checks: Checks;
  log: Logger;
  /** Guards the public API. */
  guard?: Guard;
  /** Token for internal calls: `HOTEL_INTERNAL_TOKEN`. */
  internalToken?: string | undefined;
}

/** HTTP status and title per error code; any other error is a 500. */
const errors: ErrorTable & Record<ErrorCode, ErrorTable[string]> = {
  room_not_found: { status: 404 },
  room_number_taken: { status: 409 },
  room_number_fixed: { status: 409 },
  room_has_bookings: { status: 409 },
  booking_not_found: { status: 404 },
  room_taken: { status: 409 },
  booking_closed: { status: 409 },
  booking_changed_meanwhile: { status: 409 },
  guest_not_here: { status: 409 },
  room_occupied: { status: 409 },
  room_not_clean: { status: 409 },
  event_of_other_booking: { status: 409 },
  cleaning_unavailable: { status: 503, retryAfterS: PAUSE_S },
  task_not_found: { status: 404 },
  guest_not_gone: { status: 409 },
  changed_since: { status: 412 },
  stay_not_valid: { status: 422 },
  idempotency_key_reused: { status: 422 },
  ...databaseErrors,
};

/** Creates the public API. Opens nothing: tests call `app.request('/health')`. */
export function createPublicApp({ rooms, bookings, tracesUrl, log, guard }: Deps): OpenAPIHono {
  const app = createApp({ errors, log, guard, isOpen: isOpenPath });
  roomRoutes({ app, rooms });
  bookingRoutes({ app, bookings, traceLink: createTraceLink(tracesUrl) });
  describeApi(app, {
    title: 'dispo',
    description: 'Rooms and bookings of the hotel.',
    version: '1.0.0',
    tags: [
      { name: 'rooms', description: 'The rooms of the hotel, and which of them are free' },
      { name: 'bookings', description: 'Stays of guests, from the booking to the check-out' },
    ],
    tracesUrl,
    guard,
  });
  return app;
}

/** Creates the app for probes and internal calls. Never serve it on a public port. */
export function createInternalApp({ bookings, replay, checks, log, internalToken }: Deps): OpenAPIHono {
  const app = createApp({ errors, log, internalToken });
  app.route('/', healthRoutes(checks));
  internalBookingRoutes({ app, bookings });
  replayRoutes({ app, replay });
  return app;
}
