import { readFileSync } from 'node:fs';
import type { Answer } from '../figures/answer.ts';
import { median } from '../figures/statistics.ts';
import type { Conditions } from '../machine/describe.ts';
import { lastAnswers, type Run } from './runs.ts';
import { formatFigure, formatNumber, markdownTable, type RenderOptions, renderTable } from './table.ts';
import { costSheet, findFigure, isMet, type Target, targets } from './targets.ts';
import { wrapItem, wrapText } from './wrap.ts';

const SHOWN_RUNS = 3;

/** `docs/performance.md`: the prose of `page.md` with the figures of the latest runs. */
export function renderPage(runs: readonly Run[], questions: readonly string[], options: RenderOptions): string {
  const latest = questions.flatMap((name) => lastAnswers(runs, name, 1));
  const history = Array.from({ length: SHOWN_RUNS }, (_, back) =>
    questions.flatMap((name) => lastAnswers(runs, name, SHOWN_RUNS).slice(back, back + 1)),
  );
  const parts: Record<string, () => string> = {
    conditions: () => describeRuns(runs, questions),
    targets: () => renderTargets(history, options),
    'in the way': () => renderObstacles(history),
    'cost sheet': () => renderCostSheet(latest, options),
  };
  const template = readFileSync(new URL('./page.md', import.meta.url), 'utf8');
  return template.replace(/\{\{([\w ]+)\}\}/g, (_, name: string) => {
    const part = parts[name];
    if (part) return part();
    const answer = lastAnswers(runs, name, 1)[0];
    if (!answer) return `Not measured yet: \`npx -y pnpm@12 bench ${name}\`.`;
    return answer.tables.map((table) => renderTable(table, options)).join('\n\n');
  });
}

/** Each run with the latest answer to some question, and the names of those questions if there are several runs. */
function describeRuns(runs: readonly Run[], questions: readonly string[]): string {
  const latest = Map.groupBy(questions, (name) => runs.findLast(({ answers }) => answers[name]));
  const lines = [...latest].flatMap(([run, names]) => (run ? [{ text: describe(run.conditions), names }] : []));
  if (lines.length === 0) return 'Nothing has been measured yet.';
  if (lines.length === 1) return lines.map(({ text }) => wrapText(text)).join();
  return lines.map(({ text, names }) => wrapItem(`${names.join(', ')}: ${text}`)).join('\n');
}

function describe({ date, commit, rounds, cores, processor, memoryGb, system, versions }: Conditions): string {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${date} UTC, commit ${commit}, ${rounds === 1 ? 'one round' : `${rounds} rounds`}, ${cores} cores (${processor}), ${memoryGb} GiB, ${system}; ${packages.join(', ')}.`;
}

function renderTargets(history: readonly Answer[][], options: RenderOptions): string {
  const shown = history.filter((answers, back) => back === 0 || answers.length > 0);
  const titles = [
    'target',
    'required',
    ...shown.map((_, back) => ['latest run', 'the run before', 'before that'][back] ?? ''),
    'met',
  ];
  const lines = targets.map((target) => {
    const figures = shown.map((answers) => findFigure(answers, target));
    const bound = `${target.is} ${formatNumber(target.bound)}`;
    return [
      target.text,
      bound,
      ...figures.map((figure) => (figure ? formatFigure(figure, options) : '')),
      verdict(target, shown),
    ];
  });
  return markdownTable(titles, lines);
}

const MISSED = '**no**';

/** Met only if every run shown has met it; a figure from a busy machine decides nothing. */
function verdict(target: Target, shown: readonly Answer[][]): string {
  const figures = shown
    .flatMap((answers) => findFigure(answers, target) ?? [])
    .filter(({ values }) => values.length > 0);
  if (figures.length === 0) return '';
  if (figures.some(({ busy }) => busy)) return 'not known';
  return figures.every(({ values }) => isMet(target, median(values))) ? 'yes' : MISSED;
}

function renderObstacles(history: readonly Answer[][]): string {
  const missed = targets.filter((target) => verdict(target, history) === MISSED);
  if (missed.length === 0) return 'Nothing: no target was missed by what was measured on a quiet machine.';
  const byObstacle = Map.groupBy(missed, ({ inTheWay = 'no profile has been read yet.' }) => inTheWay);
  return [...byObstacle]
    .map(([obstacle, same]) => wrapItem(`${same.map(({ text }) => text).join('; ')}: ${obstacle}`))
    .join('\n');
}

function renderCostSheet(latest: readonly Answer[], options: RenderOptions): string {
  const lines = costSheet.map((name) => {
    const figure = findFigure(latest, name);
    return [name.text, figure ? formatFigure(figure, options) : ''];
  });
  return markdownTable(['what', 'figure'], lines);
}
