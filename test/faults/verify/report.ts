import { PROCESSES } from '../replicas.ts';
import type { RoundResult } from '../round.ts';

const SHOWN = 10;

const columns = [
  'fault',
  'injected',
  'acknowledged',
  'lost',
  'duplicated',
  'wrong',
  'p50 ms',
  'p99 ms',
  'undisturbed p99 ms',
  'note',
];

/** A Markdown table with one row per fault, summing its rounds. */
export function renderTable(results: readonly RoundResult[]): string {
  const undisturbed = results.filter(({ fault }) => fault === 'none');
  const calm = undisturbed.length > 0 ? quantileOf(undisturbed, 0.99) : '';
  const rows = [...Map.groupBy(results, ({ fault }) => fault)].map(([fault, rounds]) => rowOf(fault, rounds, calm));
  const table = [columns, ...rows, rowOf('all', results, calm)];
  const widths = columns.map((_, i) => Math.max(...table.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  const [head = [], ...body] = table;
  return [line(head), rule, ...body.map(line)].join('\n');
}

/** Counts of kills, SIGTERMs and acknowledged operations, to compare with the targets of a full run. */
export function renderCounts(results: readonly RoundResult[]): string {
  const injected = (is: (fault: string) => boolean) =>
    results.filter(({ fault }) => is(fault)).reduce((sum, round) => sum + round.injected, 0);
  const acknowledged = results.reduce((sum, round) => sum + round.acknowledged, 0);
  const kills = injected((fault) => fault.startsWith('kill -9'));
  const terminations = PROCESSES.map((name) => `${injected((fault) => fault === `SIGTERM ${name}`)} of ${name}`);
  return `${kills} kills, SIGTERMs: ${terminations.join(', ')}; ${acknowledged} operations acknowledged`;
}

function quantileOf(rounds: readonly RoundResult[], q: number): string {
  const latencies = rounds.flatMap((round) => round.latencies).sort((a, b) => a - b);
  return (latencies[Math.floor(latencies.length * q)] ?? 0).toFixed(0);
}

function rowOf(fault: string, rounds: readonly RoundResult[], calm: string): string[] {
  const sum = (of: (round: RoundResult) => number) => String(rounds.reduce((total, round) => total + of(round), 0));
  const incomplete = Number(sum(({ incompleteTraces }) => incompleteTraces));
  const unanswered = Number(sum((round) => round.unanswered));
  const skipped = rounds.find((round) => round.skipped)?.skipped;
  const notes = [
    ...(incomplete > 0 && fault !== 'all' ? [`${incomplete} traces lack spans`] : []),
    ...(unanswered > 0 && fault !== 'all' ? [`${unanswered} requests unanswered`] : []),
    ...(skipped && fault !== 'all' ? [`SKIPPED: ${skipped}`] : []),
  ];
  return [
    fault,
    sum(({ injected }) => injected),
    sum(({ acknowledged }) => acknowledged),
    sum(({ findings }) => findings.lost.length),
    sum(({ findings }) => findings.duplicated.length),
    sum(({ findings }) => findings.wrong.length),
    quantileOf(rounds, 0.5),
    quantileOf(rounds, 0.99),
    calm,
    notes.join('; '),
  ];
}

/** The findings of a round, indented; empty if there are none. */
export function renderFindings({ findings }: RoundResult): string {
  return (['lost', 'duplicated', 'wrong'] as const)
    .flatMap((kind) => {
      const sentences = findings[kind];
      const more = sentences.length > SHOWN ? [`... and ${sentences.length - SHOWN} more`] : [];
      return [...sentences.slice(0, SHOWN), ...more].map((sentence) => `  ${kind}: ${sentence}`);
    })
    .join('\n');
}

export function isClean({ findings }: RoundResult): boolean {
  return findings.lost.length + findings.duplicated.length + findings.wrong.length === 0;
}
