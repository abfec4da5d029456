import { holdBoard, releaseBoard } from './board.ts';
import { type Cell, cellAt, isFree, placeAt, rows } from './cells.ts';
import { addDays, daysFrom, find } from './dom.ts';
import { clearSelection, extendSelection, selection } from './selection.ts';

/** A press that moves less than this is a click. */
const CLICK_PX = 5;

export interface Drop {
  cell: Cell;
  room_id: number;
  start: string;
  end: string;
}

/**
 * Dragging with a mouse or a pen: over free nights to select them, and a booking to another room or day. With a finger,
 * dragging scrolls; a tap opens a dialog that can do the same.
 */
export function startPointer(open: (cell: Cell) => void, drop: (drop: Drop) => void): void {
  const board = find('#board');
  let wasDragged = false;
  board.addEventListener('pointerdown', (down) => {
    wasDragged = false;
    const cell = cellAt(down.target);
    if (!cell || down.button !== 0 || down.pointerType === 'touch') return;
    clearSelection();
    const gesture = isFree(cell) ? selecting(cell) : moving(cell, down, drop);
    let hasMoved = false;
    const over = new AbortController();
    const { signal } = over;
    const move = (event: PointerEvent) => {
      if (!hasMoved && Math.hypot(event.x - down.x, event.y - down.y) < CLICK_PX) return;
      hasMoved = true;
      gesture?.move(event);
    };
    const end = (isDone: boolean) => {
      over.abort();
      if (!hasMoved) return;
      wasDragged = true;
      gesture?.end(isDone);
      if (isDone && isFree(cell) && selection()) open(cell);
    };
    document.addEventListener('pointermove', move, { signal });
    document.addEventListener('pointerup', () => end(true), { signal });
    document.addEventListener('pointercancel', () => end(false), { signal });
    document.addEventListener('keydown', (event) => event.key === 'Escape' && end(false), { signal });
  });
  board.addEventListener('click', (event) => {
    // The release of a drag is a click, too. The keyboard's clicks have no count.
    if (wasDragged && event.detail > 0) return;
    const cell = cellAt(event.target);
    if (cell) open(cell);
  });
}

interface Gesture {
  move(event: PointerEvent): void;
  end(isDone: boolean): void;
}

function selecting(origin: Cell): Gesture {
  return {
    move(event) {
      const place = placeAt(event.x, event.y);
      const row = rows().find(({ roomId }) => roomId === origin.roomId);
      const to = row?.cells.find(({ day }) => day === place?.day);
      if (to) extendSelection(origin, to);
    },
    end: (isDone) => {
      if (!isDone) clearSelection();
    },
  };
}

/** Undefined for a stay that cannot be changed any more. */
function moving(cell: Cell, down: PointerEvent, drop: (drop: Drop) => void): Gesture | undefined {
  const { status, start = '', end = '' } = cell.button.dataset;
  const grabbed = placeAt(down.x, down.y);
  if (status !== 'booked' || !grabbed) return undefined;
  let target: { row: HTMLTableRowElement; day: string } | undefined;
  const unmark = () => {
    for (const one of document.querySelectorAll('#grid .drop')) one.classList.remove('drop');
  };
  return {
    move(event) {
      holdBoard();
      cell.button.classList.add('dragged');
      target = placeAt(event.x, event.y);
      unmark();
      if (!target) return;
      const by = daysFrom(grabbed.day, target.day);
      const [from, to] = [addDays(start, by), addDays(end, by)];
      target.row.classList.add('drop');
      for (const head of document.querySelectorAll<HTMLElement>('#grid thead [data-day]')) {
        const { day = '' } = head.dataset;
        head.classList.toggle('drop', day >= from && day < to);
      }
    },
    end(isDone) {
      cell.button.classList.remove('dragged');
      unmark();
      releaseBoard();
      if (!isDone || !target) return;
      const by = daysFrom(grabbed.day, target.day);
      const room_id = Number(target.row.dataset.room);
      if (by === 0 && room_id === cell.roomId) return;
      drop({ cell, room_id, start: addDays(start, by), end: addDays(end, by) });
    },
  };
}
