import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Day } from '@hotel/contracts';
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
import type { DayRepository } from './days/repository.ts';
import { dayRoutes } from './days/routes.ts';
import type { ErrorCode } from './errors.ts';
import type { BusinessEvents } from './events.ts';
import type { DeleteStaysBefore } from './plan/delete-stays.ts';
import { internalPlanRoutes } from './plan/internal-routes.ts';
import { internalRoomRoutes } from './rooms/internal-routes.ts';
import type { RoomRepository } from './rooms/repository.ts';
import { roomRoutes } from './rooms/routes.ts';
import { internalTaskRoutes } from './tasks/internal-routes.ts';
import { taskRoutes } from './tasks/routes.ts';
import type { Tasks } from './tasks/tasks.ts';

export interface Deps {
  days: DayRepository;
  tasks: Tasks;
  rooms: RoomRepository;
  deleteStaysBefore: DeleteStaysBefore;
  events: Pick<BusinessEvents, 'roomDeclaredClean'>;
  today: () => Day;
  /** Base URL of the trace viewer: `http://localhost:16686`. Undefined: responses carry no link to it. */
  tracesUrl: string | undefined;
  checks: Checks;
  log: Logger;
  /** For the public API. */
  guard?: Guard;
  /** For internal calls: `HOTEL_INTERNAL_TOKEN`. */
  internalToken?: string | undefined;
}

/** Maps error codes to problem responses; any other error is a 500. */
const errors: ErrorTable & Record<ErrorCode, { status: number }> = {
  task_not_found: { status: 404 },
  guest_not_gone: { status: 409 },
  ...databaseErrors,
};

/** The public API. Opens nothing: a test calls `app.request('/health')`. */
export function createPublicApp({ days, tasks, rooms, events, today, tracesUrl, log, guard }: Deps): OpenAPIHono {
  const app = createApp({ errors, log, guard });
  dayRoutes({ app, days, today });
  taskRoutes({ app, tasks, today });
  roomRoutes({ app, rooms, events });
  describeApi(app, {
    title: 'cleaning',
    description: 'The cleaning plan of the hotel.',
    version: '1.0.0',
    tags: [
      { name: 'days', description: 'Which rooms are occupied on which day' },
      { name: 'tasks', description: "The cleaners' list of a day" },
      { name: 'rooms', description: 'Whether a room is clean' },
    ],
    tracesUrl,
    guard,
  });
  return app;
}

/** Probes and dispo's internal calls. Never on a public port. */
export function createInternalApp(deps: Deps): OpenAPIHono {
  const { rooms, tasks, today, deleteStaysBefore, checks, log, internalToken } = deps;
  const app = createApp({ errors, log, internalToken });
  app.route('/', healthRoutes(checks));
  internalRoomRoutes({ app, rooms });
  internalTaskRoutes({ app, tasks, rooms, today });
  internalPlanRoutes({ app, deleteStaysBefore });
  return app;
}

/** The worker serves probes only. */
export function createWorkerApp({ checks, log }: Pick<Deps, 'checks' | 'log'>): OpenAPIHono {
  const app = createApp({ errors, log });
  app.route('/', healthRoutes(checks));
  return app;
}
