import { type DeadReason, identifyEvent } from '@hotel/contracts';
import { paint, printable, type Terminal } from '../cli/terminal.ts';
import type { Found } from './queue.ts';

const why: Record<DeadReason, string> = {
  not_valid: 'it is no event',
  too_large: 'it is far larger than any event, so its data was not kept',
  unknown_type: 'the worker does not know its type',
  newer_version: 'it is of a newer contract than the worker knows',
  attempts_used_up: 'every attempt failed',
  deadline: 'every attempt failed, the last one because its time was up',
  stalled: 'the worker died over it again and again',
};

/** A dead letter in the list: the cells of its first line, and its second line. */
export interface Row {
  cells: string[];
  reason: string;
}

export function toRow(one: Found): Row {
  const { id, name, letter, isOnItsWay } = one;
  return {
    cells: [id, when(one), name, bookingOf(one), attemptsOf(one)].map(printable),
    reason: `    ${isOnItsWay ? 'put back, on its way; ' : ''}${why[letter.reason]}: ${printable(letter.error)}`,
  };
}

/** A page of dead letters, two lines each, and how to see the next one. */
export function renderList(
  rows: readonly Row[],
  { skip, total, terminal }: { skip: number; total: number; terminal: Terminal },
): string {
  if (rows.length === 0) return skip === 0 ? 'There are no dead letters.' : `There are only ${total} dead letters.`;
  const widths =
    rows[0]?.cells.map((_, column) => Math.max(...rows.map(({ cells }) => cells[column]?.length ?? 0))) ?? [];
  const lines = rows.flatMap(({ cells, reason }) => {
    const line = cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
    return [paint(terminal, 'bold', line.trimEnd()), reason];
  });
  const many = total === 1 ? '1 dead letter' : `${total} dead letters`;
  const end = skip + rows.length;
  const which = rows.length < total ? `${skip + 1} to ${end} of ${many}` : many;
  const more = end < total ? `\nThe next ones: pnpm dead list --skip ${end}` : '';
  return [...lines, '', `${which}. Next: pnpm dead show ID, pnpm dead redrive ID, pnpm dead drop ID${more}`].join('\n');
}

/** All details of a dead letter. */
export function renderLetter(one: Found): string {
  const { id, name, letter, isOnItsWay } = one;
  const traceId = letter.traceparent?.split('-')[1];
  const facts: Array<[string, string | undefined]> = [
    ['event', name],
    ['booking', bookingOf(one) || undefined],
    ['why', `${letter.reason}: ${why[letter.reason]}`],
    ['error', letter.error],
    ['failed', `${when(one)}, after ${attemptsOf(one)}`],
    ['state', isOnItsWay ? 'put back, on its way' : 'waits'],
    ['trace', traceId && `npx -y pnpm@12 trace ${traceId}`],
  ];
  const lines = facts.flatMap(([label, text]) =>
    text === undefined ? [] : [`  ${label.padEnd(9)}${printable(text)}`],
  );
  return [`Dead letter ${printable(id)}`, ...lines, '', JSON.stringify(letter.message, null, 2)].join('\n');
}

function when({ letter }: Found): string {
  return letter.failed_at.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
}

function bookingOf({ id, letter }: Found): string {
  const event = identifyEvent(id, letter.message);
  return event ? `booking ${event.booking_id}` : '';
}

function attemptsOf({ letter: { attempts } }: Found): string {
  return attempts === 1 ? '1 attempt' : `${attempts} attempts`;
}
