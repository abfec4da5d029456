import { runCommand } from './command.ts';
import { parseOptions } from './options.ts';
import { dataDirOf, ROOT } from './settings.ts';
import { supervise } from './supervise.ts';
import { hotel } from './system.ts';
import { terminalOf } from './terminal.ts';

const USAGE = `Usage: pnpm dev [--fresh] [--no-watch]

Starts Redis, the viewer, dispo, cleaning and cleaning-worker, and ends them with Ctrl-C.

  --fresh      start without the data of earlier runs
  --no-watch   do not restart processes when their sources change
  --help       this text

Settings (environment): DISPO_PORT, CLEANING_PORT, VIEWER_PORT and the other ports; HOTEL_DATA_DIR (.hotel/data);
REDIS_URL and OTEL_EXPORTER_OTLP_ENDPOINT (a Redis and a Jaeger that run already); LOG_LEVEL; every OTEL_* variable.`;

await runCommand(async (args) => {
  const { values } = parseOptions(
    args,
    { fresh: { type: 'boolean' }, 'no-watch': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    USAGE,
  );
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  return supervise({
    system: hotel,
    root: ROOT,
    dataDir: dataDirOf(process.env),
    env: process.env,
    fresh: values.fresh ?? false,
    watch: !values['no-watch'],
    terminal: terminalOf(process.stdout, process.env),
    write: (text) => process.stdout.write(text),
  });
});
