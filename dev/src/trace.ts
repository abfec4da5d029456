import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from './cli/command.ts';
import { CommandError, parseOptions, UsageError } from './cli/options.ts';
import { targetUrls } from './cli/settings.ts';
import { terminalOf } from './cli/terminal.ts';
import { exampleNames, findSystem, rootServices } from './systems/examples.ts';
import { isOld } from './trace/complete.ts';
import { type Followed, followLinked, isProcessedElsewhere } from './trace/linked-traces.ts';
import { createTraceReader, showLinked, showTrace, type TraceReader } from './trace/trace-reader.ts';
import { traceStore } from './trace/trace-store.ts';
import { renderWaterfall } from './trace/waterfall.ts';

const USAGE = `Usage: pnpm trace [ID|last] [--no-times] [--example=NAME]

Prints a trace as a waterfall, and below it the traces that it links to or that link to it. ID is a trace id (32 hex digits, as in the traceresponse header and in the log);
last, the default, is the newest trace of the last hour that began in dispo, or in the example that runs.

  --no-times   only the structure: what is the same for every such trace
  --example    the example to look for (${exampleNames.join(', ')}), where it does not run on this machine
  --help       this text

Settings (environment): JAEGER_QUERY_URL (the viewer of the run on this data, else http://127.0.0.1:16686).
TEMPO_QUERY_URL reads from a Grafana Tempo instead (its links lead to GRAFANA_URL, else http://localhost:3000).`;

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
  const store = traceStore(process.env, jaeger);
  const reader = createTraceReader(store);
  const services = rootServices(await findSystem(values.example ?? running));
  const { id, spans, linked } = wanted
    ? await read(reader, wanted)
    : await readNewest(reader, services, store.searchDelayMs);
  if (id === undefined) {
    throw new CommandError(
      `No trace of the last hour at ${store.url} began in ${services.join(' or ')}. Make one: ${services.includes('dispo') ? '`npx -y pnpm@12 book`, or ' : ''}the curl that \`pnpm dev\` prints.`,
    );
  }
  if (spans.length === 0) {
    throw new CommandError(
      `There is no trace ${id} at ${store.url}. It may be too old, not sampled, or of another run.`,
    );
  }
  const terminal = terminalOf(process.stdout, process.env);
  const times = !values['no-times'];
  const beside = linked.flatMap((trace) => trace.spans);
  console.log(
    times ? showTrace(id, spans, store, { terminal, linked: beside }) : renderWaterfall(spans, { terminal, times }),
  );
  if (linked.length > 0) console.log(showLinked(linked, spans, store, { terminal, times }));
  return 0;
});

/** Undefined for `last`. */
function parseId(text: string): string | undefined {
  if (text === 'last') return undefined;
  const id = text.trim().toLowerCase().padStart(32, '0');
  if (/^[0-9a-f]{32}$/.test(id) && !/^0+$/.test(id)) return id;
  throw new UsageError(`'${text}' is not a trace id (32 hex digits).\n\n${USAGE}`);
}

type Read = Pick<Followed, 'spans' | 'linked'> & { id: string | undefined };

async function read(reader: TraceReader, id: string): Promise<Read> {
  const { spans, linked } = await followLinked(reader, id, {
    // A message may still be on its way to a trace of its own.
    until: (all, others) => others.length > 0 || isOld(all) || !isProcessedElsewhere(all),
    timeoutMs: PATIENCE_MS,
  });
  return { id, spans, linked };
}

async function readNewest(reader: TraceReader, services: readonly string[], searchDelayMs: number): Promise<Read> {
  // A store that finds traces late returns an older one meanwhile.
  if (searchDelayMs > 0) await sleep(searchDelayMs);
  const giveUpAt = Date.now() + PATIENCE_MS + 4 * searchDelayMs;
  let id = await reader.newest(services);
  while (id === undefined && Date.now() < giveUpAt) {
    await sleep(POLL_MS);
    id = await reader.newest(services);
  }
  if (id === undefined) return { id, spans: [], linked: [] };
  const found = await read(reader, id);
  // The request that was made just before this command may have arrived meanwhile.
  const newer = await reader.newest(services);
  return newer === undefined || newer === id ? found : read(reader, newer);
}
