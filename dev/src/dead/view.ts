import { type DeadReason, eventFactsOf } from '@hotel/contracts';
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

/** All letters, two lines each. */
export function renderList(found: readonly Found[], terminal: Terminal): string {
  if (found.length === 0) return 'There are no dead letters.';
  const rows = found.map((one) => [one.id, when(one), one.name, bookingOf(one), attemptsOf(one)].map(printable));
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.flatMap((row, index) => {
    const { letter, isOnItsWay } = found[index] as Found;
    const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
    const reason = `    ${isOnItsWay ? 'put back, on its way; ' : ''}${why[letter.reason]}: ${printable(letter.error)}`;
    return [paint(terminal, 'bold', cells.trimEnd()), reason];
  });
  const many = found.length === 1 ? '1 dead letter' : `${found.length} dead letters`;
  return [...lines, '', `${many}. Next: pnpm dead show ID, pnpm dead redrive ID, pnpm dead drop ID`].join('\n');
}

/** Everything about one letter. */
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
  const event = eventFactsOf(id, letter.message);
  return event ? `booking ${event.booking_id}` : '';
}

function attemptsOf({ letter: { attempts } }: Found): string {
  return attempts === 1 ? '1 attempt' : `${attempts} attempts`;
}
