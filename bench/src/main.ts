import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { budgets } from './budgets.ts';
import type { Figure, Question } from './question.ts';

const questions: Record<string, Question> = {
  budgets,
  viewer: {
    question: 'How much can the viewer take, and how fast does it answer when it is full?',
    script: 'viewer/bench/ingest.ts',
  },
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in questions));
if (unknown.length > 0) {
  console.error(
    `There is no question ${unknown.join(', ')}. Usage: pnpm bench [${Object.keys(questions).join('|')}]...`,
  );
  process.exit(2);
}

const number = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(1));
const row = ({ figure, value, budget = '', spread }: Figure) =>
  `| ${figure} | ${number(value)} | ${number(Math.min(...spread))} to ${number(Math.max(...spread))} | ${budget} |`;

console.log(`Node ${process.versions.node}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB\n`);
for (const name of names.length > 0 ? names : Object.keys(questions)) {
  const asked = questions[name] as Question;
  console.log(`## ${asked.question}\n`);
  if ('script' in asked) {
    execFileSync(process.execPath, [join(import.meta.dirname, '../..', asked.script)], { stdio: 'inherit' });
    continue;
  }
  console.log('| figure | median | spread | budget |\n|---|---|---|---|');
  for (const figure of await asked.answer()) console.log(row(figure));
  console.log();
}
