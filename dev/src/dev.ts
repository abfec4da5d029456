import { CommandError, runCommand, UsageError } from '@hotel/cli';
import { withReplicas } from '@hotel/system';
import { portOffset } from './cli/port-offset.ts';
import { replicaCount } from './cli/replica-count.ts';
import { currentRun, dataDirOf, ROOT } from './cli/settings.ts';
import { terminalOf } from './cli/terminal.ts';
import { ACTIONS, type Action, sendAction } from './run/control/listener.ts';
import { readRun } from './run/run-file.ts';
import { supervise } from './run/supervise.ts';
import { exampleNames, findExercise, findSystem } from './systems/examples.ts';

const USAGE = `Usage: npx -y pnpm@12 dev [OPTIONS]
       npx -y pnpm@12 dev stop|start|restart PROCESS

Starts Redis, the viewer, dispo, cleaning and cleaning-worker. Ctrl-C stops them.
While it runs, the second form stops, starts or restarts one process, for instance
cleaning-worker, from another terminal.

  --fresh          delete the data and traces of earlier runs first
  --no-watch       do not restart processes when their sources change
  --postgres       use a private PostgreSQL instead of SQLite
  --scale=N        run N processes of each service (1 to 9); needs --postgres
  --port-offset=N  add N to every port, for instance 1000, to run beside another clone
  --example=NAME   run an example instead: ${exampleNames.join(', ')} (see examples/)
  --step=N         run an example that has steps (bands) at step N
  --exercise=NAME  run an example with an exercise applied (shop; see examples/shop/README.md)
  --help           print this text

Environment variables:
  DISPO_PORT, CLEANING_PORT, VIEWER_PORT, ...  ports
  HOTEL_DATA_DIR                               folder of the data; default: .hotel/data
  REDIS_URL                                    an existing Redis
  DISPO_DATABASE_URL, CLEANING_DATABASE_URL    existing PostgreSQL databases
  OTEL_EXPORTER_OTLP_ENDPOINT                  an existing collector or Jaeger
  HOTEL_READY_TIMEOUT_MS                       milliseconds in which a process must be ready; default: 60000
  OTEL_*, LOG_LEVEL, HOTEL_*                   passed on to the processes; see docs/settings.md`;

const options = {
  fresh: { type: 'boolean' },
  'no-watch': { type: 'boolean' },
  postgres: { type: 'boolean' },
  scale: { type: 'string' },
  'port-offset': { type: 'string' },
  example: { type: 'string' },
  step: { type: 'string' },
  exercise: { type: 'string' },
} as const;

await runCommand({ usage: USAGE, options, positionals: 2 }, async ({ values, positionals: [verb, name] }) => {
  const { example, step, exercise } = values;
  const offset = portOffset(values['port-offset']);
  const dataDir = dataDirOf(process.env, example);
  const replicas = replicaCount(values);
  if (verb !== undefined) {
    const action = ACTIONS.find((one) => one === verb);
    if (!action) throw new UsageError(`Unknown command '${verb}'. Commands: ${ACTIONS.join(', ')}.`);
    if (name === undefined) throw new UsageError(`Name the process: npx -y pnpm@12 dev ${verb} PROCESS.`);
    return ask(action, name, example, offset);
  }
  const found = await (exercise === undefined ? findSystem(example, step) : findExercise(example, exercise, dataDir));
  if (values.postgres && !found.databases) throw new UsageError(`${found.name} has no support for --postgres.`);
  return supervise({
    system: replicas === 1 ? found : withReplicas(found, replicas),
    root: ROOT,
    dataDir,
    env: process.env,
    fresh: values.fresh ?? false,
    watch: !values['no-watch'],
    postgres: values.postgres ?? false,
    portOffset: offset ?? 0,
    terminal: terminalOf(process.stdout, process.env),
    write: (text) => process.stdout.write(text),
  });
});

/** Sends an action for one process to the run of this clone. */
async function ask(
  action: Action,
  name: string,
  example: string | undefined,
  offset: number | undefined,
): Promise<number> {
  const run = await (example === undefined
    ? currentRun(process.env, offset)
    : readRun(dataDirOf(process.env, example)));
  const control = run?.urls.CONTROL_URL;
  if (control === undefined) {
    throw new CommandError(
      'There is no run of this clone, or it is still starting. Start one with: npx -y pnpm@12 dev',
    );
  }
  console.log(await sendAction(control, action, name));
  return 0;
}
