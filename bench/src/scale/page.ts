import { readFileSync } from 'node:fs';
import { formatNumber, markdownTable, renderTable } from '../report/table.ts';
import { wrapItem, wrapText } from '../report/wrap.ts';
import { coresOfOthers, isReproduced, QUIET_CORES } from './fitted.ts';
import { measured } from './measured.ts';
import { amount, needsOf, type UnitCosts } from './needs.ts';
import { alone, contended, onPostgres, onSqlite } from './points.ts';
import type { MeasuredTables, Published } from './published.ts';

const RATES = [1e3, 1e4, 1e5, 1e6];
/** The row of the table `whole` whose costs are extrapolated. */
const WHOLE = 'PostgreSQL';

/** `docs/scale.md`: the prose of `page.md` with the figures of the published run. */
export function renderScale(published: Published): string {
  const { tables, history } = published;
  const table = (id: string) => {
    const found = [...tables, ...history.tables].find((one) => one.id === id);
    return found ? renderTable(found, { force: true }).replaceAll(' busy', '') : 'Not measured.';
  };
  const rate = (name: string) => amount(measured(tables, 'intake', name, 'perSecond'));
  const parts: Record<string, () => string> = {
    conditions: () => conditions(published),
    'conditions of the history': () => conditions(history),
    intake: () => table('intake'),
    whole: () => table('whole'),
    size: () => table('size'),
    model: () => modelTable(published),
    forecast: () => forecastTable(published),
    needs: () => needsTable(published),
    'flush ms': () => formatNumber(published.model.flushUs / 1e3),
    'rate on SQLite': () => rate(onSqlite.name),
    'rate on PostgreSQL': () => rate(onPostgres.name),
    'rate in one room': () => rate(contended.name),
    'rate of one connection': () => rate(alone.name),
  };
  const template = readFileSync(new URL('./page.md', import.meta.url), 'utf8');
  const filled = template.replace(/\{\{([\w ]+)\}\}/g, (_, name: string) => {
    const part = parts[name];
    if (!part) throw new Error(`page.md has an unknown part ${name}`);
    return part();
  });
  return wrapParagraphs(filled);
}

/** Figures change the length of a line. */
function wrapParagraphs(text: string): string {
  return text.split('\n\n').map(wrapBlock).join('\n\n').replace(/\n*$/, '\n');
}

function wrapBlock(block: string): string {
  if (/^(#|\||```)/.test(block)) return block;
  if (!block.startsWith('- ')) return wrapText(block);
  return block
    .split(/^- /m)
    .filter(Boolean)
    .map((item) => wrapItem(item))
    .join('\n');
}

function conditions({ conditions: run, tables }: MeasuredTables): string {
  const most = coresOfOthers(tables);
  const shared =
    most > QUIET_CORES
      ? `**The machine was shared**: other programs used up to ${formatNumber(most)} of its ${run.cores} cores. The CPU time of a booking is then higher than on a quiet machine, and the rates are lower.`
      : 'The machine was quiet.';
  const rounds = run.rounds === 1 ? 'one round' : `${run.rounds} rounds`;
  const text = `Measured on ${run.date} UTC at commit ${run.commit}: ${rounds}, ${run.cores} cores (${run.processor}), ${run.memoryGb} GiB, ${run.system}, Node ${run.versions.node}. ${shared}`;
  return wrapText(text);
}

function modelTable({ tables, model }: Published): string {
  const lines = model.points.map(({ name, perSecond }) => {
    const real = measured(tables, 'intake', name, 'perSecond');
    return [name, formatNumber(real), formatNumber(perSecond), formatNumber(perSecond / real)];
  });
  return markdownTable(['point', 'measured, bookings/s', 'model, bookings/s', 'model / measured'], lines);
}

function forecastTable({ tables, model }: Published): string {
  if (!isReproduced(tables, model)) {
    return 'In this run the model is not within 20 % of every point, so nothing is extrapolated from it. On a busy machine, threads are delayed in ways that it does not have.';
  }
  const lines = model.forecasts.map(({ cores, replicas, perSecond, sameRoom }) => [
    `${cores} cores`,
    String(replicas),
    amount(perSecond),
    amount(sameRoom),
  ]);
  return markdownTable(['machine', 'dispo', 'bookings/s', 'all for one room, bookings/s'], lines);
}

function needsTable(published: Published): string {
  const lines = needsOf(unitCosts(published), RATES).map(({ what, source, values }) => [what, ...values, source]);
  return markdownTable(['bookings/s', ...RATES.map((rate) => `10^${Math.log10(rate)}`), 'figure'], lines);
}

function unitCosts({ tables, model }: Published): UnitCosts {
  const of = (column: string) => measured(tables, 'whole', WHOLE, column);
  return {
    dispo: of('dispo'),
    worker: of('cleaning-worker'),
    postgres: of('postgres'),
    redis: of('redis'),
    redisCommands: of('commandsPerBooking'),
    queueBytes: of('queueBytes'),
    spans: of('spans'),
    otlpBytes: of('otlpBytes'),
    storedBytes: of('storedBytes'),
    flushUs: model.flushUs,
  };
}
