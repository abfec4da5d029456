import * as actions from './actions.ts';
import type { Outcome } from './api.ts';
import { boardVersion } from './board.ts';
import { type Cell, endOf, isFree, rows } from './cells.ts';
import { openBookDialog, openStayDialog, seenIn } from './dialogs.ts';
import { dateText, find } from './dom.ts';
import { startKeyboard } from './keyboard.ts';
import { type Drop, startPointer } from './pointer.ts';
import { report } from './report.ts';
import { clearSelection, selection, stayOf } from './selection.ts';
import { hasTokenForm } from './token.ts';
import { followBoard } from './updates.ts';

const numberOf = (id: number) => rows().find(({ roomId }) => roomId === id)?.roomNumber ?? String(id);
const text = ({ room_id, start, end }: actions.Dates) =>
  `room ${numberOf(room_id)}, ${dateText(start)} to ${dateText(end)}`;

function tell(outcome: Outcome, done: string, failed: string): Outcome {
  report(outcome.ok ? `${done}.` : `${failed}: ${outcome.detail}.`, outcome);
  return outcome;
}

function open(cell: Cell): void {
  if (isFree(cell)) openBooking(cell);
  else openStayDialog(cell, (choice, dates) => choose(cell, choice, dates));
}

function openBooking(cell: Cell): void {
  const selected = selection();
  const dates = selected ? stayOf(selected) : { room_id: cell.roomId, start: cell.day, end: endOf(cell) };
  const book = async (_: string, chosen: actions.Dates) => {
    const outcome = await actions.book(chosen);
    const id = (outcome.body as { id?: number } | undefined)?.id;
    return tell(outcome, `Booked ${text(chosen)} (booking ${id})`, `Not booked ${text(chosen)}`);
  };
  openBookDialog(dates, book, clearSelection);
}

async function choose(cell: Cell, choice: string, dates: actions.Dates): Promise<Outcome | undefined> {
  const seen = seenIn(cell);
  const booking = `booking ${seen.id}`;
  switch (choice) {
    case 'change':
      return tell(
        await actions.change(seen, dates),
        `Changed ${booking}: ${text(dates)}`,
        `Booking ${seen.id} is unchanged`,
      );
    case 'check-in':
      return tell(
        await actions.checkIn(seen),
        `Checked in ${booking}, room ${cell.roomNumber}`,
        `Booking ${seen.id} is not checked in`,
      );
    case 'check-out':
      return tell(
        await actions.checkOut(seen),
        `Checked out ${booking}, room ${cell.roomNumber}`,
        `Booking ${seen.id} is not checked out`,
      );
    case 'cancel':
      return tell(await actions.cancel(seen), `Cancelled ${booking}`, `Booking ${seen.id} is not cancelled`);
    case 'replan':
      return tell(
        await actions.replan(seen),
        `The cleaning of ${booking} is being planned again`,
        `Booking ${seen.id} is not planned again`,
      );
    default:
      return undefined;
  }
}

async function drop({ cell, ...dates }: Drop): Promise<void> {
  const seen = seenIn(cell);
  tell(
    await actions.change(seen, dates),
    `Changed booking ${seen.id}: ${text(dates)}`,
    `Booking ${seen.id} is unchanged`,
  );
}

async function finishTask(button: HTMLButtonElement): Promise<void> {
  const room = button.dataset.roomNumber ?? '';
  button.disabled = true;
  const outcome = await actions.finishTask(Number(button.dataset.task));
  tell(outcome, `Cleaned room ${room}`, `The task of room ${room} is not done`);
  button.disabled = false;
}

startKeyboard();
startPointer(open, (dropped) => void drop(dropped));
find('#board').addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>('[data-task]') : null;
  if (button) void finishTask(button);
});
const keys = find<HTMLDialogElement>('#keys');
find('#help').addEventListener('click', () => keys.showModal());
document.addEventListener('keydown', ({ key, target }) => {
  if (key === '?' && !(target instanceof HTMLInputElement) && !document.querySelector('dialog[open]')) keys.showModal();
});
// Without a board and a form for the token, the address selects no days.
if (boardVersion() !== '' || hasTokenForm()) void followBoard();
