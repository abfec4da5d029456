import { execFile } from 'node:child_process';
import { join } from 'node:path';

interface LogLine {
  msg: string;
  level: string;
  service: string;
  trace_id?: string;
  span_id?: string;
  authorization?: string;
  [field: string]: unknown;
}

export interface Outcome {
  /** The program's final report. */
  result: { enabled: boolean; delivered: boolean; dropped: number };
  log: LogLine[];
  /** Loaded files, if they were watched. */
  loaded: string[];
  /** All output. */
  output: string;
}

const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name);

/** Runs a program of `fixtures` with the preload in a separate process whose environment is `env` and the tests' compile cache. */
export function runProgram(
  env: Record<string, string>,
  { watchImports = false, program = 'program.ts' } = {},
): Promise<Outcome> {
  const preloads = [...(watchImports ? [fixture('watch-imports.ts')] : []), '@hotel/telemetry/register'];
  const args = [...preloads.flatMap((preload) => ['--import', preload]), fixture(program)];
  const options = {
    cwd: import.meta.dirname,
    env: { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...env },
    timeout: 60_000,
  };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      const output = stdout + stderr;
      if (error) return reject(new Error(`the program failed: ${output}`, { cause: error }));
      const lines = stdout.split('\n').flatMap((line) => (line.startsWith('{"') ? [JSON.parse(line)] : []));
      resolve({
        result: lines.find((line) => 'enabled' in line),
        log: lines.filter((line) => 'msg' in line),
        loaded: lines.find((line) => 'loaded' in line)?.loaded ?? [],
        output,
      });
    });
  });
}
