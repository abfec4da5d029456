import { CommandError, runCommand } from '@hotel/cli';
import { dayOf } from '@hotel/contracts';
import { createHotelApi } from './book/hotel-api.ts';
import { checkWish, chooseStay } from './book/stay.ts';
import { portOffset } from './cli/port-offset.ts';
import { targetUrls } from './cli/settings.ts';
import { terminalOf } from './cli/terminal.ts';
import { isConfirmed } from './trace/complete.ts';
import { followLinked } from './trace/linked-traces.ts';
import { createTraceReader, showLinked, showTrace } from './trace/trace-reader.ts';
import { traceStore } from './trace/trace-store.ts';

const USAGE = `Usage: npx -y pnpm@12 book [--room N] [--start D [--end D]] [--port-offset=N]

Makes a booking, prints its trace as a waterfall and the link to it.

  --room N         the number on the door, for instance 101; default: the first room that is free
  --start D        arrival, YYYY-MM-DD; default: the next two nights from today on that are free
  --end D          departure; default: two nights after arrival
  --port-offset=N  of a run on other ports: what \`dev\` was started with
  --help           this text

Settings (environment): DISPO_URL, JAEGER_QUERY_URL (the run on this data, else the standard ports of 127.0.0.1),
HOTEL_API_TOKEN (where dispo asks for one).`;

const TRACE_TIMEOUT_MS = 15_000;

const text = { type: 'string' } as const;
const options = { room: text, start: text, end: text, 'port-offset': text } as const;

await runCommand({ usage: USAGE, options }, async ({ values }) => {
  checkWish(values);
  const { dispo, jaeger } = await targetUrls(process.env, portOffset(values['port-offset']));
  const api = createHotelApi(dispo, process.env.HOTEL_API_TOKEN);
  const { room, start, end } = await chooseStay(api, values, dayOf(new Date()));
  const { status, body, traceId } = await api.book(room.id, start, end);
  console.log(`Room ${room.number} from ${start} to ${end}: dispo answered ${status}\n${JSON.stringify(body)}\n`);

  if (traceId === undefined) {
    throw new CommandError(
      'The booking is made, but the answer has no traceresponse header: telemetry is off in dispo (no OTLP endpoint, or OTEL_SDK_DISABLED).',
    );
  }
  const store = traceStore(process.env, jaeger);
  const { spans, linked, complete } = await followLinked(createTraceReader(store), traceId, {
    // With HOTEL_QUEUE_TRACE=link the booking is planned in a trace of its own.
    until: (all, others) => isConfirmed(all) || others.some((other) => isConfirmed(other.spans)),
    timeoutMs: TRACE_TIMEOUT_MS,
  });
  const terminal = terminalOf(process.stdout, process.env);
  if (spans.length > 0)
    console.log(showTrace(traceId, spans, store, { terminal, linked: linked.flatMap((trace) => trace.spans) }));
  if (linked.length > 0) console.log(showLinked(linked, spans, store, { terminal, times: true }));
  if (complete) return 0;
  const what = spans.length === 0 ? 'has not arrived' : 'is not complete: this is what is there';
  throw new CommandError(
    `The booking is made, but after ${TRACE_TIMEOUT_MS / 1000} s its trace ${what}. Does cleaning-worker run, and is the trace sampled? Look again with: npx -y pnpm@12 trace ${traceId}`,
  );
});
