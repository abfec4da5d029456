import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A block of commands of a page, and what the page says that they print. */
export interface Step {
  commands: string;
  /** Of the block right below that is no commands; undefined where the page shows nothing. */
  shown: string | undefined;
}

export interface Page {
  steps: Step[];
  /** Blocks below a comment `not run: reason`. */
  notRun: Array<{ commands: string; reason: string }>;
  /** Blocks below a comment `trace: name`: a test of that name shows that it is so. */
  traces: Record<string, string>;
}

const BLOCK =
  /(?:<!-- not run: (?<reason>.+?) -->\n|<!-- trace: (?<trace>\w+).*? -->\n)?```(?<language>\w*)\n(?<text>[\s\S]*?)```/g;

/** Reads the fenced blocks of a page: `sh` is to be run, anything else right after it is what it prints. */
export function readPage(file: string): Page {
  const page: Page = { steps: [], notRun: [], traces: {} };
  let open: Step | undefined;
  for (const { groups = {} } of readFileSync(file, 'utf8').matchAll(BLOCK)) {
    const { reason, trace, language, text = '' } = groups;
    if (reason !== undefined) page.notRun.push({ commands: text, reason });
    else if (trace !== undefined) page.traces[trace] = text;
    else if (language === 'sh') {
      open = { commands: text, shown: undefined };
      page.steps.push(open);
      continue;
    } else if (open) open.shown = text;
    open = undefined;
  }
  return page;
}

/** What is another one each time: ids of traces and spans, times of the day, how long something took. */
export function withoutChance(text: string): string {
  return text
    .replace(/\b[0-9a-f]{32}\b/g, '<trace id>')
    .replace(/\b[0-9a-f]{16}\b/g, '<span id>')
    .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/http:\/\/(localhost|127\.0\.0\.1):\d+/g, '<url>')
    .replace(/\b(localhost|127\.0\.0\.1):\d+/g, '<address>')
    .trim();
}

/** What `pnpm trace <id> --no-times` prints. */
export async function printTrace(traceId: string, env: Record<string, string>): Promise<string> {
  const command = ['dev/src/trace.ts', traceId, '--no-times'];
  const options = { cwd: join(import.meta.dirname, '../..'), env: { ...process.env, ...env } };
  return (await promisify(execFile)(process.execPath, command, options)).stdout;
}
