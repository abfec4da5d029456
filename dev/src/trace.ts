import { setTimeout as sleep } from 'node:timers/promises';
import type { Span } from '@hotel/trace-test';
import { runCommand } from './command.ts';
import { followTrace, isConnected } from './complete.ts';
import { exampleNames, findSystem, rootServices } from './examples.ts';
import { CommandError, parseOptions, UsageError } from './options.ts';
import { targetUrls } from './settings.ts';
import { terminalOf } from './terminal.ts';
import { createTraceReader, showTrace, type TraceReader } from './trace-reader.ts';
import { renderWaterfall } from './waterfall.ts';

const USAGE = `Usage: pnpm trace [ID|last] [--no-times] [--example=NAME]

Prints a trace as a waterfall. ID is a trace id (32 hex digits, as in the traceresponse header and in the log);
last, the default, is the newest trace of the last hour that began in dispo, or in the example that runs.

  --no-times   only the structure: what is the same for every such trace
  --example    the example to look for (${exampleNames.join(', ')}), where it does not run on this machine
  --help       this text

Settings (environment): JAEGER_QUERY_URL (the viewer of the run on this data, else http://127.0.0.1:16686).`;

/** Spans reach the viewer a moment after the request was answered. */
const PATIENCE_MS = 3_000;
const POLL_MS = 100;

await runCommand(async (args) => {
  const options = {
    'no-times': { type: 'boolean' },
    example: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  const { values, positionals } = parseOptions(args, options, USAGE, 1);
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const wanted = parseId(positionals[0] ?? 'last');
  const { jaeger, system: running } = await targetUrls(process.env);
  const reader = createTraceReader(jaeger);
  const services = rootServices(await findSystem(values.example ?? running));
  const { id, spans } = wanted ? await read(reader, wanted) : await readNewest(reader, services);
  if (id === undefined) {
    throw new CommandError(
      `No trace of the last hour at ${jaeger} began in ${services.join(' or ')}. Make one: ${services.includes('dispo') ? '`npx -y pnpm@12 book`, or ' : ''}the curl that \`pnpm dev\` prints.`,
    );
  }
  if (spans.length === 0) {
    throw new CommandError(`There is no trace ${id} at ${jaeger}. It may be too old, not sampled, or of another run.`);
  }
  const terminal = terminalOf(process.stdout, process.env);
  console.log(
    values['no-times'] ? renderWaterfall(spans, { terminal, times: false }) : showTrace(id, spans, jaeger, terminal),
  );
  return 0;
});

/** Undefined for `last`. */
function parseId(text: string): string | undefined {
  if (text === 'last') return undefined;
  const id = text.trim().toLowerCase().padStart(32, '0');
  if (/^[0-9a-f]{32}$/.test(id) && !/^0+$/.test(id)) return id;
  throw new UsageError(`'${text}' is not a trace id (32 hex digits).\n\n${USAGE}`);
}

async function read(reader: TraceReader, id: string): Promise<{ id: string | undefined; spans: Span[] }> {
  const { spans } = await followTrace(reader, id, { until: isConnected, timeoutMs: PATIENCE_MS });
  return { id, spans };
}

async function readNewest(reader: TraceReader, services: readonly string[]): ReturnType<typeof read> {
  const giveUpAt = Date.now() + PATIENCE_MS;
  let id = await reader.newest(services);
  while (id === undefined && Date.now() < giveUpAt) {
    await sleep(POLL_MS);
    id = await reader.newest(services);
  }
  if (id === undefined) return { id, spans: [] };
  const found = await read(reader, id);
  // The request that was made just before this command may have arrived meanwhile.
  const newer = await reader.newest(services);
  return newer === undefined || newer === id ? found : read(reader, newer);
}
