import { UsageError } from '@hotel/cli';

export interface Options {
  /** Questions to ask, in order. */
  names: string[];
  rounds: number;
  runs: number;
  minutes: number;
  force: boolean;
  /** Commit to compare with, for `cost`. */
  against: string | undefined;
  /** Write the page afterwards. */
  write: boolean;
  /** Ask nothing, write the page from earlier runs. */
  report: boolean;
}

interface Given {
  values: Partial<
    Record<'rounds' | 'runs' | 'minutes' | 'against', string> & Record<'force' | 'write' | 'report', boolean>
  >;
  positionals: string[];
}

/** Two lines, so that each fits into a terminal. */
function listed(names: readonly string[]): string {
  const half = Math.ceil(names.length / 2);
  return `${names.slice(0, half).join(', ')},\n  ${names.slice(half).join(', ')}`;
}

/** What the command takes; `known` are the questions. */
export function specOf(known: readonly string[]) {
  return {
    usage: `Usage: npx -y pnpm@12 bench [QUESTION]... [--rounds=3] [--runs=1] [--minutes=0.5] [--force]
             [--against=COMMIT] [--write] [--report]

Measures, and prints tables. Without a QUESTION it asks all of them, which takes hours:
  ${listed(known)}

  --rounds=N   measures each variant N times, in turn
  --runs=N     asks everything N times
  --minutes=N  how long each load lasts
  --force      also shows figures measured while the machine was busy with something else
  --against=COMMIT
               cost: compares with this commit as well
  --write      then writes docs/performance.md from this and earlier runs; scale, history: docs/scale.json and docs/scale.md;
               cost: docs/cost.json
  --report     measures nothing, writes docs/performance.md from earlier runs and docs/scale.md from docs/scale.json
  --help       prints this text`,
    options: {
      rounds: { type: 'string' },
      runs: { type: 'string' },
      minutes: { type: 'string' },
      force: { type: 'boolean' },
      against: { type: 'string' },
      write: { type: 'boolean' },
      report: { type: 'boolean' },
    },
    positionals: known.length,
  } as const;
}

/** @throws UsageError that describes the problem */
export function readOptions({ values, positionals }: Given, known: readonly string[]): Options {
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new UsageError(`There is no question ${unknown.join(', ')}.`);
  const number = (name: 'rounds' | 'runs' | 'minutes', otherwise: number) => {
    const value = Number(values[name] ?? otherwise);
    if (!(value > 0) || (name !== 'minutes' && !Number.isInteger(value)))
      throw new UsageError(
        `--${name} takes a ${name === 'minutes' ? '' : 'whole '}number above 0, not "${values[name]}".`,
      );
    return value;
  };
  return {
    names: positionals.length > 0 ? positionals : [...known],
    rounds: number('rounds', 3),
    runs: number('runs', 1),
    minutes: number('minutes', 0.5),
    force: values.force ?? false,
    against: values.against,
    write: values.write ?? false,
    report: values.report ?? false,
  };
}
