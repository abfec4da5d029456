import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '@hotel/cli';
import type { Answer } from './figures/answer.ts';
import { describeConditions, root } from './machine/describe.ts';
import { type Options, readOptions, specOf } from './options.ts';
import type { Question } from './question.ts';
import { questions } from './questions.ts';
import { renderPage } from './report/page.ts';
import { keepRun, readRuns } from './report/runs.ts';
import { renderTable } from './report/table.ts';
import { resources } from './resources.ts';
import { publishScale } from './scale/publish.ts';

const PAGE = join(root, 'docs/performance.md');

/** The exit code that a shell gives a program ended by Ctrl-C. */
const INTERRUPTED = 130;
/** Time limit for an interrupted question to clean up. */
const UNWIND_MS = 10_000;

let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    interrupted = true;
    process.exitCode = INTERRUPTED;
    // The question then fails and cleans up.
    await resources.end();
    setTimeout(() => process.exit(), UNWIND_MS).unref();
  });
}

async function answer(name: string, asked: Question, options: Options): Promise<Answer> {
  console.log(`## ${asked.question}\n`);
  if ('script' in asked) {
    // Its output is its answer.
    resources.signal.throwIfAborted();
    const child = spawn(process.execPath, [join(root, asked.script)], { stdio: 'inherit' });
    const exited = once(child, 'exit');
    const release = resources.own({
      async [Symbol.asyncDispose]() {
        child.kill();
        await exited;
      },
    });
    const [code] = await exited;
    release();
    if (code !== 0) throw new Error(`${asked.script} ended with ${code}`);
    return { question: asked.question, tables: [] };
  }
  const { rounds, minutes, force, against, write } = options;
  const tables = await asked.ask({
    rounds,
    minutes,
    force,
    against,
    write,
    say: (text) => console.error(`${name}: ${text}`),
  });
  for (const table of tables) console.log(`${renderTable(table, { force })}\n`);
  return { question: asked.question, tables };
}

async function run(options: Options): Promise<void> {
  const conditions = describeConditions(options.rounds);
  const { cores, memoryGb, commit, versions } = conditions;
  console.log(`Node ${versions.node}, ${cores} cores, ${memoryGb} GiB, commit ${commit}, ${conditions.date} UTC\n`);
  const answers: Record<string, Answer> = {};
  for (const name of options.names) answers[name] = await answer(name, questions[name] as Question, options);
  keepRun({ conditions, answers });
  const measured = (name: 'scale' | 'history') => {
    const tables = answers[name]?.tables;
    return tables && { [name]: { conditions, tables } };
  };
  if (options.write && (answers.scale || answers.history))
    publishScale({ ...measured('scale'), ...measured('history') });
}

const names = Object.keys(questions);
const isOnScalePage = (name: string) => {
  const asked = questions[name];
  return asked !== undefined && 'page' in asked && asked.page === 'scale';
};
await runCommand(specOf(names), async (given) => {
  const options = readOptions(given, names);
  try {
    if (!options.report) for (let n = 0; n < options.runs; n++) await run(options);
  } catch (error) {
    // An interrupted question fails in many ways, none of them worth reporting.
    if (interrupted) return INTERRUPTED;
    await resources.end();
    throw error;
  }
  if (options.report || options.write) {
    if (options.report) publishScale({});
    const others = names.filter((name) => !isOnScalePage(name));
    // Figures belong to one machine: without earlier runs, the page stays as it is.
    const runs = readRuns();
    if (runs.some(({ answers }) => others.some((name) => answers[name]))) {
      writeFileSync(PAGE, renderPage(runs, others, options));
      console.error('docs/performance.md is written');
    }
  }
  return 0;
});
