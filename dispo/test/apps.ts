import type { RoomState } from '@hotel/contracts';
import { afterEach, beforeEach } from 'vitest';
import { createInternalApp, createPublicApp, type Deps } from '../src/app.ts';
import { createBookings } from '../src/bookings/bookings.ts';
import { createBusinessEvents } from '../src/events.ts';
import type { PendingEvent } from '../src/outbox/store.ts';
import { createReplay } from '../src/replay/replay.ts';
import { createReplayRepository } from '../src/replay/repository.ts';
import type { Dialect } from './databases.ts';
import { openTestHotel, recordingLogger, type TestHotel } from './hotel.ts';

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed if it is JSON. */
  body: unknown;
}

type Ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

export interface TestApps extends AsyncDisposable {
  hotel: TestHotel;
  /** Calls the public app. A body that is not a string is sent as JSON. */
  ask: Ask;
  askInternal: Ask;
  /** Stubs cleaning's answer about a room. */
  roomState: () => Promise<RoomState['state']>;
  /** Events handed to the relay. */
  published: PendingEvent[];
  /** Log lines. */
  logLines: string[];
}

interface TestAppsOptions {
  tracesUrl?: string;
  dialect?: Dialect;
}

/** Registers hooks: apps on a fresh database per test. The fields are set while a test runs. */
export function useTestApps(options?: TestAppsOptions): TestApps {
  const apps = {} as TestApps;
  beforeEach(async () => {
    await openTestApps(options, apps);
  });
  afterEach(() => apps[Symbol.asyncDispose]());
  return apps;
}

/** Both apps of the service on real repositories. Today is 2027-02-05. */
export async function openTestApps(options: TestAppsOptions = {}, apps = {} as TestApps): Promise<TestApps> {
  const hotel = await openTestHotel(options.dialect);
  const { log, logLines } = recordingLogger();
  const businessEvents = createBusinessEvents(log);
  const relay = { publish: (events: PendingEvent[]) => void apps.published.push(...events) };
  const repository = createReplayRepository(hotel.database, hotel.store);
  const replay = createReplay({ database: hotel.database, repository, relay, businessEvents });
  const deps: Deps = {
    rooms: hotel.rooms,
    replay,
    bookings: createBookings({
      repository: hotel.bookings,
      replay,
      relay,
      roomStates: { read: () => apps.roomState() },
      businessEvents,
      measurePlanned: () => {},
      today: () => '2027-02-05',
      traceparent: () => undefined,
    }),
    tracesUrl: options.tracesUrl,
    checks: { database: { fatal: true, check: async () => 'answers' } },
    log,
  };
  return Object.assign<TestApps, TestApps>(apps, {
    hotel,
    ask: asking(createPublicApp(deps)),
    askInternal: asking(createInternalApp(deps)),
    roomState: async () => 'clean',
    published: [],
    logLines,
    [Symbol.asyncDispose]: () => hotel[Symbol.asyncDispose](),
  });
}

function asking(app: ReturnType<typeof createPublicApp>): Ask {
  return async (method, path, body, headers) => {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const request: RequestInit = { method, headers: { ...headers } };
    if (text !== undefined) {
      request.body = text;
      request.headers = { 'content-type': 'application/json', 'content-length': String(text.length), ...headers };
    }
    const response = await app.request(path, request);
    const answer = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: response.status,
      headers: response.headers,
      body: answer && isJson ? JSON.parse(answer) : answer,
    };
  };
}
