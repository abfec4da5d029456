import { CommandError } from '@hotel/cli';

/** A log record as the viewer's API returns it. */
export interface LogLine {
  sequence: number;
  timeUnixNano: string;
  service: string;
  /** '' if unknown. */
  severity: string;
  message: string;
  eventName: string;
  /** '' for a record outside of traces. */
  traceId: string;
  attributes: Record<string, unknown>;
}

export interface LogSearch {
  service?: string | undefined;
  severity?: string | undefined;
  text?: string | undefined;
  trace?: string | undefined;
  limit?: string | undefined;
  /** Only records that arrived after this one. */
  after?: number;
}

const TIMEOUT_MS = 10_000;

/** Matching records by time, and the last sequence that has arrived. Errors say what to do. */
export async function fetchLogs(viewer: string, search: LogSearch): Promise<{ logs: LogLine[]; last: number }> {
  const given = Object.entries(search).filter(([, value]) => value !== undefined);
  const url = `${viewer}/api/logs?${new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]))}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((error: unknown) => {
    const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
    throw new CommandError(
      `Cannot reach the viewer at ${viewer} (${cause?.code ?? (error as Error).message}). JAEGER_QUERY_URL says where it is.\nIf the hotel does not run, start it with \`npx -y pnpm@12 dev\`.`,
    );
  });
  const answer = (await response.json().catch(() => undefined)) as
    | { logs?: LogLine[]; last?: number; error?: { message?: string } }
    | undefined;
  if (response.status === 400 && answer?.error?.message)
    throw new CommandError(`The viewer rejected the search: ${answer.error.message}`);
  if (!response.ok || !Array.isArray(answer?.logs) || answer.last === undefined) {
    throw new CommandError(
      `${viewer} has no logs: it is not the viewer of this repository. Jaeger stores only traces; the services write their logs to their output.\n\`npx -y pnpm@12 dev\` starts the viewer, which stores both.`,
    );
  }
  return { logs: answer.logs, last: answer.last };
}
