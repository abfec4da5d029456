import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A block of commands on a page, and the output that the page shows. */
export interface Step {
  commands: string;
  /** Content of the output block right below; undefined if there is none. */
  shown: string | undefined;
}

export interface Page {
  steps: Step[];
  /** Blocks below a comment `not run: reason`. */
  notRun: Array<{ commands: string; reason: string }>;
  /** Blocks below a comment `trace: name`, verified by the test of that name. */
  traces: Record<string, string>;
}

const BLOCK =
  /(?:<!-- not run: (?<reason>.+?) -->\n|<!-- trace: (?<trace>\w+).*? -->\n)?```(?<language>\w*)\n(?<text>[\s\S]*?)```/g;

/** Reads the fenced blocks of a page: `sh` blocks are commands; the next block is their output, unless it is a diff. */
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
    } else if (open && language !== 'diff') open.shown = text;
    open = undefined;
  }
  return page;
}

/** Masks what differs between runs: trace and span ids, times of day, durations. */
export function maskVariable(text: string): string {
  return text
    .replace(/\b[0-9a-f]{32}\b/g, '<trace id>')
    .replace(/\b[0-9a-f]{16}\b/g, '<span id>')
    .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/http:\/\/(localhost|127\.0\.0\.1):\d+/g, '<url>')
    .replace(/\b(localhost|127\.0\.0\.1):\d+/g, '<address>')
    .trim();
}

/** The output of `pnpm trace <id> --no-times`. */
export async function printTrace(traceId: string, env: Record<string, string>): Promise<string> {
  const command = ['dev/src/trace.ts', traceId, '--no-times'];
  const options = { cwd: join(import.meta.dirname, '../..'), env: { ...process.env, ...env } };
  return (await promisify(execFile)(process.execPath, command, options)).stdout;
}
