import { CommandError, runCommand, UsageError } from '@hotel/cli';
import { portOffset } from './cli/port-offset.ts';
import { currentRun, dataDirOf, ROOT } from './cli/settings.ts';
import { terminalOf } from './cli/terminal.ts';
import { ACTIONS, type Action, askRun } from './run/control.ts';
import { readRun } from './run/run-file.ts';
import { supervise } from './run/supervise.ts';
import { exampleNames, findExercise, findSystem } from './systems/examples.ts';

const USAGE = `Usage: pnpm dev [--fresh] [--no-watch] [--port-offset=N] [--example=NAME [--step=N | --exercise=NAME]]
       pnpm dev stop|start|restart PROCESS

Starts Redis, the viewer, dispo, cleaning and cleaning-worker, and ends them with Ctrl-C. From another terminal, stop, start
and restart one process of what runs, for instance cleaning-worker.

  --fresh          start without the data and the traces of earlier runs
  --no-watch       do not restart processes when their sources change
  --port-offset=N  add N to every port, for instance 1000, to run beside another clone
  --example=NAME   another system instead of the hotel: ${exampleNames.join(', ')} (see examples/)
  --step=N         the state of an example with steps (bands) at one of them
  --exercise=NAME  an example changed by one of its exercises (shop; see examples/shop/README.md)
  --help           this text

Settings (environment): DISPO_PORT, CLEANING_PORT, VIEWER_PORT and the other ports; HOTEL_DATA_DIR (.hotel/data);
REDIS_URL and OTEL_EXPORTER_OTLP_ENDPOINT (a Redis and a Jaeger that run already); HOTEL_READY_TIMEOUT_MS (60000: how long
a process may take to start); LOG_LEVEL; every OTEL_* variable.`;

const options = {
  fresh: { type: 'boolean' },
  'no-watch': { type: 'boolean' },
  'port-offset': { type: 'string' },
  example: { type: 'string' },
  step: { type: 'string' },
  exercise: { type: 'string' },
} as const;

await runCommand({ usage: USAGE, options, positionals: 2 }, async ({ values, positionals: [verb, name] }) => {
  const { example, step, exercise } = values;
  const offset = portOffset(values['port-offset']);
  const dataDir = dataDirOf(process.env, example);
  const find = () => (exercise === undefined ? findSystem(example, step) : findExercise(example, exercise, dataDir));
  if (verb !== undefined) {
    const action = ACTIONS.find((one) => one === verb);
    if (!action) throw new UsageError(`'${verb}' is not among ${ACTIONS.join(', ')}.`);
    if (name === undefined) throw new UsageError(`Say which process: npx -y pnpm@12 dev ${verb} PROCESS.`);
    return ask(action, name, example, offset);
  }
  return supervise({
    system: await find(),
    root: ROOT,
    dataDir,
    env: process.env,
    fresh: values.fresh ?? false,
    watch: !values['no-watch'],
    portOffset: offset ?? 0,
    terminal: terminalOf(process.stdout, process.env),
    write: (text) => process.stdout.write(text),
  });
});

/** Has the run of this clone stop or start one of its processes. */
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
    throw new CommandError(`Nothing runs here (or it is still starting). Start it with: npx -y pnpm@12 dev`);
  }
  console.log(await askRun(control, action, name));
  return 0;
}
