import { parseArgs } from 'node:util';

export interface Options {
  /** Questions to ask, in order. */
  names: string[];
  rounds: number;
  runs: number;
  minutes: number;
  force: boolean;
  /** Write the page after the run. */
  write: boolean;
  /** Ask nothing; write the page from earlier runs. */
  report: boolean;
}

/** @throws Error with the usage */
export function readOptions(args: string[], known: readonly string[]): Options {
  const usage = `Usage: pnpm bench [${known.join('|')}]... [--rounds 3] [--runs 1] [--minutes 0.5] [--force] [--write] [--report]`;
  const parsed = parse(args, usage);
  const { values, positionals } = parsed;
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`There is no question ${unknown.join(', ')}. ${usage}`);
  const number = (name: 'rounds' | 'runs' | 'minutes', otherwise: number) => {
    const value = Number(values[name] ?? otherwise);
    if (!(value > 0) || (name !== 'minutes' && !Number.isInteger(value)))
      throw new Error(`--${name} takes a number above 0, not "${values[name]}". ${usage}`);
    return value;
  };
  return {
    names: positionals.length > 0 ? positionals : [...known],
    rounds: number('rounds', 3),
    runs: number('runs', 1),
    minutes: number('minutes', 0.5),
    force: values.force ?? false,
    write: values.write ?? false,
    report: values.report ?? false,
  };
}

function parse(args: string[], usage: string) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        rounds: { type: 'string' },
        runs: { type: 'string' },
        minutes: { type: 'string' },
        force: { type: 'boolean' },
        write: { type: 'boolean' },
        report: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}. ${usage}`);
  }
}
