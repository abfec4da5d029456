import { setTimeout as sleep } from 'node:timers/promises';
import { type Arguments, CommandError, UsageError } from '@hotel/cli';
import type { CommandContext } from '../cli/context.ts';
import { portOffset } from '../cli/port-offset.ts';
import { targetUrls } from '../cli/settings.ts';
import { exampleNames, findSystem, rootServices } from '../systems/examples.ts';
import { isOld } from './complete.ts';
import { importInto } from './import.ts';
import { type Followed, followLinked, isProcessedElsewhere } from './linked-traces.ts';
import { createTraceReader, showLinked, showTrace, type TraceFilter, type TraceReader } from './trace-reader.ts';
import { traceStore } from './trace-store.ts';
import { renderWaterfall } from './waterfall.ts';

const USAGE = `Usage: npx -y pnpm@12 trace [ID|last] [--service=NAME | --example=NAME] [--no-times] [--port-offset=N]
       npx -y pnpm@12 trace import FILE [--port-offset=N]

Prints a trace as a waterfall, followed by the traces that it is linked with. ID is a trace id
(32 hex digits), as in the traceresponse header and in logs. Default: last, the newest trace of
the last hour.

\`import\` stores the traces, logs and metrics in a file of OTLP JSON in the viewer.

  --service=NAME   the newest trace with spans of this service
  --example=NAME   the newest trace that began in this example: ${exampleNames.join(', ')}
  --no-times       only the structure, without times and durations
  --port-offset=N  the offset of the run, as given to \`dev\`
  --help           print this text

Environment variables:
  JAEGER_QUERY_URL  the viewer or Jaeger; default: that of the run, else http://127.0.0.1:16686
  TEMPO_QUERY_URL   a Grafana Tempo to read from instead
  GRAFANA_URL       its pages; default: http://localhost:3000`;

/** Spans reach the viewer shortly after the response. */
const TIMEOUT_MS = 3_000;
const POLL_MS = 100;

const options = {
  'no-times': { type: 'boolean' },
  service: { type: 'string' },
  example: { type: 'string' },
  'port-offset': { type: 'string' },
} as const;

export const command = { usage: USAGE, options, positionals: 2 };

/** Runs `trace`. `print` gets what goes to stdout. Resolves to the exit code. @throws UsageError @throws CommandError */
export async function trace(
  { values, positionals }: Arguments<typeof options>,
  { env, terminal, print }: CommandContext,
): Promise<number> {
  if (positionals[0] === 'import')
    return importInto((await targetUrls(env, portOffset(values['port-offset']))).jaeger, positionals[1], print);
  if (positionals[1] !== undefined) throw new UsageError(`Unexpected argument '${positionals[1]}'`);
  const wanted = parseId(positionals[0] ?? 'last');
  const { service, example } = values;
  if (service !== undefined && example !== undefined)
    throw new UsageError('--service and --example cannot be combined');
  const { jaeger } = await targetUrls(env, portOffset(values['port-offset']));
  const store = traceStore(env, jaeger);
  const reader = createTraceReader(store);
  const filter = {
    ...(service === undefined ? {} : { with: service }),
    ...(example === undefined ? {} : { from: rootServices(await findSystem(example)) }),
  };
  const { id, spans, linked } = wanted
    ? await read(reader, wanted)
    : await readNewest(reader, filter, store.searchDelayMs);
  if (id === undefined) {
    const which = service ? ` with ${service}` : example ? ` of ${example}` : '';
    throw new CommandError(
      `There is no trace${which} of the last hour at ${store.url}. Make one with the curl command that \`npx -y pnpm@12 dev\` prints.`,
    );
  }
  if (spans.length === 0) {
    throw new CommandError(
      `There is no trace ${id} at ${store.url}. It may be too old, not sampled, or from another run.`,
    );
  }
  const times = !values['no-times'];
  const linkedSpans = linked.flatMap((trace) => trace.spans);
  print(
    times
      ? showTrace(id, spans, store, { terminal, linked: linkedSpans })
      : renderWaterfall(spans, { terminal, times }),
  );
  if (linked.length > 0) print(showLinked(linked, spans, store, { terminal, times }));
  return 0;
}

/** Undefined for `last`. */
function parseId(text: string): string | undefined {
  if (text === 'last') return undefined;
  const id = text.trim().toLowerCase().padStart(32, '0');
  if (/^[0-9a-f]{32}$/.test(id) && !/^0+$/.test(id)) return id;
  throw new UsageError(`'${text}' is not a trace id (32 hex digits).`);
}

type Read = Pick<Followed, 'spans' | 'linked'> & { id: string | undefined };

async function read(reader: TraceReader, id: string): Promise<Read> {
  const { spans, linked } = await followLinked(reader, id, {
    // A message may be processed later, in a trace of its own.
    until: (all, others) => others.length > 0 || isOld(all) || !isProcessedElsewhere(all),
    timeoutMs: TIMEOUT_MS,
  });
  return { id, spans, linked };
}

async function readNewest(reader: TraceReader, filter: TraceFilter, searchDelayMs: number): Promise<Read> {
  // A store with a search delay would return an older trace.
  if (searchDelayMs > 0) await sleep(searchDelayMs);
  const giveUpAt = Date.now() + TIMEOUT_MS + 4 * searchDelayMs;
  let id = await reader.newest(filter);
  while (id === undefined && Date.now() < giveUpAt) {
    await sleep(POLL_MS);
    id = await reader.newest(filter);
  }
  if (id === undefined) return { id, spans: [], linked: [] };
  const found = await read(reader, id);
  // The request that was made just before this command may have arrived meanwhile.
  const newer = await reader.newest(filter);
  return newer === undefined || newer === id ? found : read(reader, newer);
}
