import { readFile } from 'node:fs/promises';
import { CommandError, UsageError } from '@hotel/cli';

interface Imported {
  traces: string[];
  spans: number;
  logs: number;
  points: number;
  problems: string[];
}

/** Sends a file to the viewer's import, which checks it like OTLP. Returns the exit code: 1 if something was rejected. */
export async function importInto(
  viewer: string,
  file: string | undefined,
  print: (text: string) => void,
): Promise<number> {
  if (file === undefined) throw new UsageError('import needs the name of a file');
  const body = await readFile(file, 'utf8').catch((error: Error) => {
    throw new CommandError(`Cannot read ${file}: ${error.message}`);
  });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${viewer}/import`, { method: 'POST', headers, body }).catch((error: Error) => {
    const cause = error.cause as NodeJS.ErrnoException | undefined;
    throw new CommandError(
      `Cannot reach the viewer at ${viewer} (${cause?.code ?? error.message}). JAEGER_QUERY_URL says where it is.`,
    );
  });
  const text = await response.text();
  if (response.status === 413) throw new CommandError(`${file} is too large: ${text}`);
  const imported = parse(text);
  if (imported === undefined) {
    throw new CommandError(
      `${viewer} imports no files: it is not the viewer of this repository. Send ${file} to the OTLP port of Jaeger (4318/v1/traces) instead.`,
    );
  }
  const { spans, logs, points, traces, problems } = imported;
  print(`Stored traces: ${traces.length}, spans: ${spans}, log lines: ${logs}, data points: ${points}`);
  for (const id of traces.slice(0, 20)) print(`${viewer}/trace/${id}`);
  for (const problem of problems) console.error(problem.replace(/^the body/, file));
  return problems.length > 0 ? 1 : 0;
}

function parse(text: string): Imported | undefined {
  try {
    const json = JSON.parse(text) as Imported;
    return Array.isArray(json.traces) && Array.isArray(json.problems) ? json : undefined;
  } catch {
    return undefined;
  }
}
