import { CLEANING_QUEUE, dayOf } from '@hotel/contracts';
import { frontDeskRoutes } from '@hotel/front-desk';
import { guardOf, tokenToSend } from '@hotel/http';
import { connectRedis, createQueueCheck, createRedisCheck, queuePrefix } from '@hotel/redis';
import { listenBoth, run } from '@hotel/runtime';
import {
  captureContext,
  countOutboxEvents,
  measureConfirmation,
  observeOutbox,
  reportedTelemetry,
  unsampled,
} from '@hotel/telemetry';
import { createInternalApp, createPublicApp, type Deps } from './app.ts';
import { createReadBoard } from './board/board.ts';
import { createBookings } from './bookings/bookings.ts';
import { createBookingRepository } from './bookings/repository.ts';
import { createCleanersList } from './cleaning/cleaners-list.ts';
import { createCleaningBreaker } from './cleaning/cleaning-breaker.ts';
import { createRoomStates } from './cleaning/room-states.ts';
import { loadConfig } from './config.ts';
import { openDatabase } from './database.ts';
import { createBusinessEvents } from './events.ts';
import { createEventQueue } from './outbox/queue.ts';
import { startRelay } from './outbox/relay.ts';
import { createOutboxCheck, createOutboxStateReader } from './outbox/state.ts';
import { createOutboxStore } from './outbox/store.ts';
import { createReplay } from './replay/replay.ts';
import { createReplayRepository } from './replay/repository.ts';
import { createRoomRepository } from './rooms/repository.ts';
import { currentTraceparent } from './telemetry/cleaning-trace.ts';

await run('dispo', loadConfig, async (config, resources, log) => {
  const now = () => new Date();
  const database = resources.use(await openDatabase(config));
  const redis = resources.use(connectRedis(config.REDIS_URL, log));
  const prefix = queuePrefix(config);
  const queue = resources.use(
    createEventQueue({
      redis,
      prefix,
      backoffMs: config.HOTEL_JOB_BACKOFF_MS,
      maxJobs: config.HOTEL_QUEUE_MAX_JOBS,
    }),
  );
  const store = createOutboxStore(database, captureContext, now);
  const readOutboxState = createOutboxStateReader(database, now);
  resources.use(observeOutbox(readOutboxState));
  const relay = resources.use(
    startRelay({ store, queue, sweepMs: config.HOTEL_OUTBOX_SWEEP_MS, onWritten: countOutboxEvents, log }),
  );
  const rooms = createRoomRepository(database, now);
  if (config.SEED_ROOMS === '1') await rooms.seed();
  const repository = createBookingRepository(database, store, now);

  const businessEvents = createBusinessEvents(log);
  const replay = createReplay({ database, repository: createReplayRepository(database, store), relay, businessEvents });

  const cleaningCalls = {
    cleaning: { url: config.CLEANING_INTERNAL_URL, token: tokenToSend(config.HOTEL_INTERNAL_TOKEN) },
    timeoutMs: config.HOTEL_CLEANING_TIMEOUT_MS,
    breaker: createCleaningBreaker(log),
    log,
  };
  const today = () => dayOf(now());
  const guard = guardOf(config);
  const deps: Deps = {
    rooms,
    replay,
    bookings: createBookings({
      repository,
      replay,
      relay,
      roomStates: createRoomStates(cleaningCalls),
      businessEvents,
      measurePlanned: measureConfirmation,
      today,
      traceparent: currentTraceparent,
    }),
    tracesUrl: config.JAEGER_QUERY_URL,
    checks: {
      database: { fatal: true, check: () => database.check() },
      // Not fatal: bookings are correct; only cleaning may be out of sync.
      history: { fatal: false, check: replay.check },
      // Not fatal: bookings still work, and their events wait in the outbox.
      redis: { fatal: false, check: createRedisCheck(redis, `${prefix}:probe:dispo`) },
      queue: { fatal: false, check: createQueueCheck(redis, prefix, CLEANING_QUEUE) },
      outbox: { fatal: false, check: createOutboxCheck(readOutboxState, config.HOTEL_OUTBOX_MAX_AGE_MS) },
    },
    log,
    guard,
    internalToken: config.HOTEL_INTERNAL_TOKEN,
  };
  const app = createPublicApp(deps);
  const frontDesk = frontDeskRoutes({
    app,
    readBoard: createReadBoard(database),
    cleaning: createCleanersList(cleaningCalls),
    today,
    traceparent: currentTraceparent,
    browserTelemetry: reportedTelemetry,
    sampleRatio: config.HOTEL_BROWSER_SAMPLE_RATIO,
    unsampled,
    tracesUrl: config.JAEGER_QUERY_URL,
    needsToken: guard.readCaller !== undefined,
    log,
  });
  const shared = { host: config.HOTEL_HOST, reusePort: config.HOTEL_SHARE_PORTS === '1' };
  await listenBoth(resources, {
    publicly: {
      app,
      port: config.DISPO_PORT,
      portName: 'DISPO_PORT',
      ...shared,
      edge: config.HOTEL_TRACE_EDGE,
    },
    internally: {
      app: createInternalApp(deps),
      port: config.DISPO_INTERNAL_PORT,
      portName: 'DISPO_INTERNAL_PORT',
      ...shared,
      edge: 'continue',
    },
  });
  // Closed first: its streams would keep the listener open.
  resources.use(frontDesk);
  resources.defer(() => database.closeSoon());
});
