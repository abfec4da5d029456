import { holdBoard, releaseBoard } from './board.ts';
import { type Cell, cellOn, isFree, rows } from './cells.ts';
import { addDays } from './dom.ts';

/** Free nights of a room, in a row. */
export interface Selection {
  roomId: number;
  /** The night that the selection began with. */
  from: string;
  /** The night that it was extended to, which may be earlier. */
  to: string;
}

let current: Selection | undefined;

export function selection(): Selection | undefined {
  return current;
}

/** Arrival and departure of the selected nights. */
export function stayOf({ roomId, from, to }: Selection): { room_id: number; start: string; end: string } {
  const [first, last] = from < to ? [from, to] : [to, from];
  return { room_id: roomId, start: first, end: addDays(last, 1) };
}

/** Extends the selection to a cell; begins one at `origin` if there is none in this row. Stops before a night that is taken. */
export function extendSelection(origin: Cell, to: Cell): void {
  const from = current?.roomId === origin.roomId ? current.from : origin.day;
  const row = rows().find(({ roomId }) => roomId === origin.roomId);
  if (!row) return;
  const by = to.day < from ? -1 : 1;
  let last = from;
  for (let day = from; ; day = addDays(day, by)) {
    const cell = cellOn(row, day);
    if (!cell || !isFree(cell)) break;
    last = day;
    if (day === to.day) break;
  }
  current = { roomId: origin.roomId, from, to: last };
  holdBoard();
  draw();
}

export function clearSelection(): void {
  if (!current) return;
  current = undefined;
  draw();
  releaseBoard();
}

function draw(): void {
  for (const cell of document.querySelectorAll('#grid td[aria-selected]')) cell.removeAttribute('aria-selected');
  if (!current) return;
  const { room_id, start, end } = stayOf(current);
  const row = rows().find(({ roomId }) => roomId === room_id);
  for (const { day, button } of row?.cells ?? []) {
    if (day >= start && day < end) button.closest('td')?.setAttribute('aria-selected', 'true');
  }
}
