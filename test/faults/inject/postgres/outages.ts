import { endure, type Fault, type Scene } from '../../fault.ts';
import { PROCESSES } from '../../replicas.ts';
import { requireReadiness } from '../../verify/readiness.ts';
import { requireStop } from '../terminate.ts';
import { postgresOf, withPostgres } from './server.ts';

const REPORTED_WITHIN_MS = 15_000;
const SINCE = 'during the outage';

interface Outage {
  begin(scene: Scene): Promise<void>;
  end(scene: Scene): Promise<void>;
}

/** The server is away for up to `longMs` (`shortMs` with `--short`), and every process reports it. */
function outage(name: string, [shortMs, longMs]: [number, number], { begin, end }: Outage): Fault {
  return {
    name,
    database: 'postgres',
    times: 1,
    losesSpans: false,
    async inject(scene) {
      await begin(scene);
      try {
        await requireReadiness(scene.world, scene.findings, 'unavailable', {
          withinMs: REPORTED_WITHIN_MS,
          since: SINCE,
        });
        await endure(scene, shortMs, longMs);
      } finally {
        await end(scene);
      }
      return undefined;
    },
  };
}

/** The server returns at once. */
function restart(name: string, stop: (scene: Scene) => Promise<void>): Fault {
  return {
    name,
    database: 'postgres',
    times: 3,
    losesSpans: false,
    async inject(scene) {
      await stop(scene);
      await postgresOf(scene).server.start();
      return undefined;
    },
  };
}

const signal = (name: NodeJS.Signals) => (scene: Scene) => postgresOf(scene).server.kill(name);
const start = (scene: Scene) => postgresOf(scene).server.start();
const reconnect = (scene: Scene) => postgresOf(scene).link.setMode('pass');

/** PostgreSQL is unavailable. */
export const postgresOutages: Fault[] = [
  restart('PostgreSQL killed and restarted', signal('SIGKILL')),
  restart('PostgreSQL stopped and restarted', (scene) => postgresOf(scene).server.stop()),
  // It drops every connection, and recovers from its log at the next start.
  restart('PostgreSQL stopped in immediate mode and restarted', signal('SIGQUIT')),
  outage('PostgreSQL gone', [3_000, 30_000], { begin: signal('SIGKILL'), end: start }),
  outage('PostgreSQL frozen', [5_000, 30_000], { begin: signal('SIGSTOP'), end: signal('SIGCONT') }),
  outage('PostgreSQL unreachable (refused)', [2_000, 15_000], {
    begin: (scene) => postgresOf(scene).link.setMode('refuse'),
    end: reconnect,
  }),
  outage('PostgreSQL unreachable (hanging)', [2_000, 15_000], {
    begin: (scene) => postgresOf(scene).link.setMode('hang'),
    end: reconnect,
  }),
  {
    ...outage('PostgreSQL gone, and dispo killed meanwhile', [1_000, 5_000], {
      begin: signal('SIGKILL'),
      async end(scene) {
        const { each } = scene.world;
        await each('dispo', (name, { kill }) => kill(name));
        await start(scene);
        await each('dispo', (name, { start }) => start(name));
      },
    }),
    losesSpans: true,
    unanswered: 'any',
  },
  {
    ...outage('PostgreSQL frozen, and every process stopped meanwhile', [2_000, 5_000], {
      begin: signal('SIGSTOP'),
      async end(scene) {
        const { each } = scene.world;
        await Promise.all(PROCESSES.map((service) => each(service, (name) => requireStop(scene, name))));
        await signal('SIGCONT')(scene);
        await Promise.all(PROCESSES.map((service) => each(service, (name, { start }) => start(name))));
      },
    }),
    unanswered: 'untaken',
  },
  outage('PostgreSQL read-only', [2_000, 15_000], {
    begin: (scene) => setReadOnly(scene, 'on'),
    end: (scene) => setReadOnly(scene, 'off'),
  }),
];

/** As on a standby. It applies to open connections too. */
function setReadOnly(scene: Scene, value: 'on' | 'off'): Promise<void> {
  return withPostgres(scene, 'dispo', async (client) => {
    await client.query('SET default_transaction_read_only = off');
    await client.query(`ALTER SYSTEM SET default_transaction_read_only = ${value}`);
    await client.query('SELECT pg_reload_conf()');
  });
}
