import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '@hotel/cli';
import { tracePages } from '@hotel/http/trace-pages';
import { portOffset } from './cli/port-offset.ts';
import { targetUrls } from './cli/settings.ts';
import { interruption } from './cli/signals.ts';
import { terminalOf } from './cli/terminal.ts';
import { fetchLogs, type LogLine } from './logs/client.ts';
import { renderLog } from './logs/render.ts';

const USAGE = `Usage: npx -y pnpm@12 logs [--trace=ID] [--service=NAME] [--severity=LEVEL] [--text=TEXT] [--limit=N] [--follow] [--port-offset=N]

Prints the log lines that the viewer has stored, the newest last.

  --trace=ID       only lines of this trace
  --service=NAME   only lines of this service
  --severity=LEVEL only this severity and higher ones: trace, debug, info, warn, error, fatal
  --text=TEXT      only lines with this text in the message or an attribute
  --limit=N        at most the N newest lines; default: 200
  --follow         then print new lines as they arrive, until Ctrl-C
  --port-offset=N  the offset of the run, as given to \`dev\`
  --help           print this text

Environment variables:
  JAEGER_QUERY_URL  the viewer; default: that of the run, else http://127.0.0.1:16686
                    (a Jaeger stores no logs)`;

const POLL_MS = 500;

const options = {
  trace: { type: 'string' },
  service: { type: 'string' },
  severity: { type: 'string' },
  text: { type: 'string' },
  limit: { type: 'string' },
  follow: { type: 'boolean' },
  'port-offset': { type: 'string' },
} as const;

await runCommand({ usage: USAGE, options }, async ({ values }) => {
  const { follow = false, 'port-offset': offset, ...search } = values;
  const { jaeger } = await targetUrls(process.env, portOffset(offset));
  const terminal = terminalOf(process.stdout, process.env);
  const print = (logs: LogLine[]): void => {
    for (const record of logs) console.log(renderLog(record, terminal, tracePages(jaeger).trace));
  };
  const { logs, last } = await fetchLogs(jaeger, search);
  print(logs);
  if (logs.length === 0 && !follow) {
    console.error(`No log line at ${jaeger} matches. Services send theirs with OTEL_LOGS_EXPORTER=otlp.`);
  }
  if (!follow) return 0;
  const ended = interruption(() => process.exit(130));
  let after = last;
  while (!ended.signal.aborted) {
    await sleep(POLL_MS, undefined, { signal: ended.signal }).catch(() => {});
    if (ended.signal.aborted) break;
    const next = await fetchLogs(jaeger, { ...search, after });
    print(next.logs);
    after = next.last;
  }
  ended.dispose();
  return 0;
});
