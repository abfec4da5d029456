import { runCommand } from './cli/command.ts';
import { parseOptions } from './cli/options.ts';
import { dataDirOf, ROOT } from './cli/settings.ts';
import { terminalOf } from './cli/terminal.ts';
import { exampleBanner } from './run/example-banner.ts';
import { supervise } from './run/supervise.ts';
import { exampleNames, findSystem } from './systems/examples.ts';

const USAGE = `Usage: pnpm dev [--fresh] [--no-watch] [--example=NAME [--step=N]]

Starts Redis, the viewer, dispo, cleaning and cleaning-worker, and ends them with Ctrl-C.

  --fresh      start without the data of earlier runs
  --no-watch   do not restart processes when their sources change
  --example    another system instead of the hotel: ${exampleNames.join(', ')} (see examples/)
  --step       of an example that is told in steps: which one
  --help       this text

Settings (environment): DISPO_PORT, CLEANING_PORT, VIEWER_PORT and the other ports; HOTEL_DATA_DIR (.hotel/data);
REDIS_URL and OTEL_EXPORTER_OTLP_ENDPOINT (a Redis and a Jaeger that run already); LOG_LEVEL; every OTEL_* variable.`;

await runCommand(async (args) => {
  const { values } = parseOptions(
    args,
    {
      fresh: { type: 'boolean' },
      'no-watch': { type: 'boolean' },
      example: { type: 'string' },
      step: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
    USAGE,
  );
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const { example, step } = values;
  return supervise({
    system: await findSystem(example, step),
    ...(example === undefined ? {} : { describe: exampleBanner }),
    root: ROOT,
    dataDir: dataDirOf(process.env, example),
    env: process.env,
    fresh: values.fresh ?? false,
    watch: !values['no-watch'],
    terminal: terminalOf(process.stdout, process.env),
    write: (text) => process.stdout.write(text),
  });
});
