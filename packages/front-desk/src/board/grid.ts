import { addDays, daysBetween } from '@hotel/contracts';
import { html } from 'hono/html';
import type { BoardData, BoardRoom, Stay } from './data.ts';
import { namesOf } from './days.ts';
import { type Cell, cellsOf } from './row.ts';

/** Markup with all external text escaped. */
export type Html = ReturnType<typeof html>;

const STATUS: Record<Stay['status'], string> = {
  booked: 'booked',
  checked_in: 'checked in',
  checked_out: 'checked out',
  cancelled: 'cancelled',
};
const CLEANING: Record<Stay['cleaning'], string> = {
  pending: 'cleaning not planned yet',
  planned: 'cleaning planned',
  failed: 'planning the cleaning failed',
};
/** How a stay shows the state of its plan visually. */
const MARKS: Record<Stay['cleaning'], string> = { pending: '…', planned: '✓', failed: '!' };

/** Rooms by days. The script moves the focus with the arrow keys, so only one cell is in the order of Tab. */
export function grid(data: BoardData): Html {
  const { window, today, rooms } = data;
  const days = daysBetween(window.start, addDays(addDays(window.start, window.days), -1));
  return html`<div class="scroll"><table role="grid" aria-label="Rooms by days" id="grid">
<thead><tr><th scope="col" class="corner">Room</th>${days.map((day) => dayHead(day, today))}</tr></thead>
<tbody>${rooms.map((room) => roomRow(room, data))}</tbody>
</table></div>`;
}

function dayHead(day: string, today: string): Html {
  const { weekday, date, isWeekend } = namesOf(day);
  const classes = [...(isWeekend ? ['weekend'] : []), ...(day === today ? ['today'] : [])].join(' ');
  return html`<th scope="col" data-day="${day}" class="${classes}"${day === today ? html` aria-current="date"` : ''}>${weekday} <b>${date}</b></th>`;
}

function roomRow(room: BoardRoom, data: BoardData): Html {
  const cells = cellsOf(room, data.window, data.today);
  return html`<tr data-room="${room.id}" data-number="${room.number}">
<th scope="row"><b>${room.number}</b> ${roomState(room, data)}${room.name === `Room ${room.number}` ? '' : html`<small>${room.name}</small>`}</th>
${cells.map((cell) => (cell.stay ? stayCell(cell, room, data) : freeCell(cell.day, room, data.today)))}</tr>`;
}

function roomState({ id }: BoardRoom, { cleaning }: BoardData): Html {
  if (!cleaning) return html`<span class="state unknown" title="cleaning does not answer">unknown</span>`;
  const state = cleaning.dirty.includes(id) ? 'dirty' : 'clean';
  return html`<span class="state ${state}">${state}</span>`;
}

function freeCell(day: string, { id, number }: BoardRoom, today: string): Html {
  const { weekday, date, isWeekend } = namesOf(day);
  const classes = [...(isWeekend ? ['weekend'] : []), ...(day === today ? ['today'] : [])].join(' ');
  return html`<td class="${classes}"><button type="button" class="free" tabindex="-1" data-key="${id}/${day}" data-day="${day}" aria-label="Room ${number}, ${weekday} ${date}, free"></button></td>`;
}

function stayCell(
  { stay, nights, isOverdue, day }: Extract<Cell, { nights: number }>,
  room: BoardRoom,
  data: BoardData,
): Html {
  const { id, start, end, status, cleaning, revision } = stay;
  const { window } = data;
  const classes = [
    ...['stay', status, cleaning],
    ...(isOverdue ? ['overdue'] : []),
    ...(start < window.start ? ['from-before'] : []),
    ...(end > addDays(window.start, window.days) ? ['to-after'] : []),
  ].join(' ');
  const shown = isOverdue ? 'late' : STATUS[status];
  const words = `${STATUS[status]}${isOverdue ? ', should have left' : ''}, ${CLEANING[cleaning]}`;
  const dates = `${namesOf(start).date} to ${namesOf(end).date}`;
  // Begins with the visible text, so that people who speak to their computer can name what they see.
  const label = `${id} ${shown}: booking of room ${room.number}, ${dates}, ${words}`;
  return html`<td colspan="${nights}"><button type="button" class="${classes}" tabindex="-1" data-key="booking ${id}" data-booking="${id}" data-revision="${revision}" data-start="${start}" data-end="${end}" data-status="${status}" data-cleaning="${cleaning}" data-day="${day}" data-words="${words}" aria-label="${label}" title="${`Booking ${id}, ${dates}, ${words}`}"><b>${id}</b> <span>${shown}</span> <i aria-hidden="true">${MARKS[cleaning]}</i></button></td>`;
}
