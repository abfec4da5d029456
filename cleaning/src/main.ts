import { dayOf } from '@hotel/contracts';
import { guardOf } from '@hotel/http';
import { listenBoth, run } from '@hotel/runtime';
import { createInternalApp, createPublicApp, type Deps } from './app.ts';
import { loadApiConfig } from './config.ts';
import { openDatabase } from './database.ts';
import { createDayRepository } from './days/repository.ts';
import { createBusinessEvents } from './events.ts';
import { checkHistory, createDeleteStaysBefore } from './plan/delete-stays.ts';
import { createRoomRepository } from './rooms/repository.ts';
import { createTaskRepository } from './tasks/repository.ts';
import { createTasks } from './tasks/tasks.ts';

await run('cleaning', loadApiConfig, async (config, resources, log) => {
  const now = () => new Date();
  const database = resources.use(await openDatabase(config, 'cleaning'));
  const events = createBusinessEvents(log);
  const deps: Deps = {
    days: createDayRepository(database),
    tasks: createTasks({ repository: createTaskRepository(database, now), events }),
    rooms: createRoomRepository(database, now),
    deleteStaysBefore: createDeleteStaysBefore(database),
    events,
    today: () => dayOf(now()),
    tracesUrl: config.JAEGER_QUERY_URL,
    checks: {
      database: { fatal: true, check: () => database.check() },
      // Not fatal: existing plans stay valid.
      history: { fatal: false, check: () => checkHistory(database) },
    },
    log,
    guard: guardOf(config),
    internalToken: config.HOTEL_INTERNAL_TOKEN,
  };
  const shared = { host: config.HOTEL_HOST, reusePort: config.HOTEL_SHARE_PORTS === '1' };
  await listenBoth(resources, {
    publicly: {
      app: createPublicApp(deps),
      port: config.CLEANING_PORT,
      portName: 'CLEANING_PORT',
      ...shared,
      edge: config.HOTEL_TRACE_EDGE,
    },
    internally: {
      app: createInternalApp(deps),
      port: config.CLEANING_INTERNAL_PORT,
      portName: 'CLEANING_INTERNAL_PORT',
      ...shared,
      edge: 'continue',
    },
  });
  // Closed first.
  resources.defer(() => database.closeSoon());
});
