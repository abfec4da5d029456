import { type Arguments, CommandError } from '@hotel/cli';
import { dayOf } from '@hotel/contracts';
import type { CommandContext } from '../cli/context.ts';
import { portOffset } from '../cli/port-offset.ts';
import { targetUrls } from '../cli/settings.ts';
import { isConfirmed } from '../trace/complete.ts';
import { followLinked } from '../trace/linked-traces.ts';
import { createTraceReader, showLinked, showTrace } from '../trace/trace-reader.ts';
import { traceStore } from '../trace/trace-store.ts';
import { createHotelApi } from './hotel-api.ts';
import { checkStayRequest, chooseStay } from './stay.ts';

const USAGE = `Usage: npx -y pnpm@12 book [--room N] [--start D [--end D]] [--port-offset=N]

Makes a booking, prints its trace as a waterfall and links to it.

  --room N         room number, for instance 101; default: the first free room
  --start D        arrival, YYYY-MM-DD; default: the first two free nights from today
  --end D          departure; default: two nights after arrival
  --port-offset=N  the offset of the run, as given to \`dev\`
  --help           print this text

Environment variables:
  DISPO_URL, JAEGER_QUERY_URL  addresses; default: those of the run, else the standard ports
  HOTEL_API_TOKEN              token for dispo, if it requires one`;

const TRACE_TIMEOUT_MS = 15_000;

const text = { type: 'string' } as const;
const options = { room: text, start: text, end: text, 'port-offset': text } as const;

export const command = { usage: USAGE, options };

/** Runs `book`. Resolves to the exit code. @throws UsageError @throws CommandError */
export async function book(
  { values }: Arguments<typeof options>,
  { env, terminal, print }: CommandContext,
): Promise<number> {
  checkStayRequest(values);
  const { dispo, jaeger } = await targetUrls(env, portOffset(values['port-offset']));
  const api = createHotelApi(dispo, env.HOTEL_API_TOKEN);
  const { room, start, end } = await chooseStay(api, values, dayOf(new Date()));
  const { status, body, traceId } = await api.book(room.id, start, end);
  print(`Room ${room.number} from ${start} to ${end}: dispo answered ${status}\n${JSON.stringify(body)}\n`);

  if (traceId === undefined) {
    throw new CommandError(
      'The booking was made, but the response has no traceresponse header: telemetry is off in dispo (no OTLP endpoint, or OTEL_SDK_DISABLED).',
    );
  }
  const store = traceStore(env, jaeger);
  const { spans, linked, complete } = await followLinked(createTraceReader(store), traceId, {
    // With HOTEL_QUEUE_TRACE=link the worker has a trace of its own.
    until: (all, others) => isConfirmed(all) || others.some((other) => isConfirmed(other.spans)),
    timeoutMs: TRACE_TIMEOUT_MS,
  });
  if (spans.length > 0)
    print(showTrace(traceId, spans, store, { terminal, linked: linked.flatMap((trace) => trace.spans) }));
  if (linked.length > 0) print(showLinked(linked, spans, store, { terminal, times: true }));
  if (complete) return 0;
  const what = spans.length === 0 ? 'has not arrived' : 'is incomplete';
  throw new CommandError(
    `The booking was made, but after ${TRACE_TIMEOUT_MS / 1000} s its trace ${what}. Is cleaning-worker running, and is the trace sampled? Look again with: npx -y pnpm@12 trace ${traceId}`,
  );
}
