import { type DeadReason, identifyEvent } from '@hotel/contracts';
import { paint, printable, type Terminal } from '../cli/terminal.ts';
import type { DeadLetterEntry } from './queue.ts';

const reasons: Record<DeadReason, string> = {
  not_valid: 'invalid event',
  too_large: 'too large for an event; its data was not kept',
  unknown_type: 'unknown event type',
  newer_version: 'newer contract version than the worker’s',
  attempts_used_up: 'every attempt failed',
  deadline: 'every attempt failed, the last one at its time limit',
  stalled: 'the worker died repeatedly while processing it',
};

/** A dead letter in the list: the cells of its first line, and its second line. */
export interface Row {
  cells: string[];
  reason: string;
}

export function toRow(one: DeadLetterEntry): Row {
  const { id, name, deadLetter, isRequeued } = one;
  return {
    cells: [id, when(one), name, bookingOf(one), attemptsOf(one)].map(printable),
    reason: `    ${isRequeued ? 'requeued; ' : ''}${reasons[deadLetter.reason]}: ${printable(deadLetter.error)}`,
  };
}

/** A page of dead letters, two lines each, with the command for the next page. */
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
  const more = end < total ? `\nNext page: npx -y pnpm@12 dead list --skip ${end}` : '';
  return [...lines, '', `${which}. Next: npx -y pnpm@12 dead show ID, redrive ID or drop ID${more}`].join('\n');
}

/** All details of a dead letter. */
export function renderDeadLetter(one: DeadLetterEntry): string {
  const { id, name, deadLetter, isRequeued } = one;
  const traceId = deadLetter.traceparent?.split('-')[1];
  const fields: Array<[string, string | undefined]> = [
    ['event', name],
    ['booking', bookingOf(one) || undefined],
    ['why', `${deadLetter.reason}: ${reasons[deadLetter.reason]}`],
    ['error', deadLetter.error],
    ['failed', `${when(one)}, after ${attemptsOf(one)}`],
    ['state', isRequeued ? 'requeued' : 'waiting'],
    ['trace', traceId && `npx -y pnpm@12 trace ${traceId}`],
  ];
  const lines = fields.flatMap(([label, text]) =>
    text === undefined ? [] : [`  ${label.padEnd(9)}${printable(text)}`],
  );
  return [`Dead letter ${printable(id)}`, ...lines, '', JSON.stringify(deadLetter.message, null, 2)].join('\n');
}

function when({ deadLetter }: DeadLetterEntry): string {
  return deadLetter.failed_at.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
}

function bookingOf({ id, deadLetter }: DeadLetterEntry): string {
  const event = identifyEvent(id, deadLetter.message);
  return event ? `booking ${event.booking_id}` : '';
}

function attemptsOf({ deadLetter: { attempts } }: DeadLetterEntry): string {
  return attempts === 1 ? '1 attempt' : `${attempts} attempts`;
}
