import { onBoard } from './board.ts';
import { type Cell, cellAt, cellOn, endOf, isFree, type Row, rows } from './cells.ts';
import { addDays, find } from './dom.ts';
import { clearSelection, extendSelection, selection } from './selection.ts';

/** Arrow keys move the focus on the board; one cell at a time is in the order of Tab. */
export function startKeyboard(): void {
  const board = find('#board');
  board.addEventListener('keydown', (event) => {
    const cell = cellAt(event.target);
    if (!cell || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Escape' && selection()) clearSelection();
    else if (event.shiftKey && (event.key === 'ArrowRight' || event.key === 'ArrowLeft')) {
      if (isFree(cell)) extend(cell, event.key === 'ArrowRight' ? 1 : -1);
    } else {
      const next = neighbour(cell, event.key);
      if (!next) return;
      clearSelection();
      focus(next);
    }
    event.preventDefault();
  });
  board.addEventListener('focusin', (event) => {
    const cell = cellAt(event.target);
    if (cell) makeReachable(cell.button);
  });
  // A selection holds the board as it is, so it ends when a person turns to something else.
  board.addEventListener('focusout', ({ relatedTarget }) => {
    const isInside = relatedTarget instanceof Node && board.contains(relatedTarget);
    if (!isInside && !document.querySelector('dialog[open]')) clearSelection();
  });
  onBoard(reachFirst);
  reachFirst();
}

/** Today's cell of the first room, or the first cell. */
function reachFirst(): void {
  const [first] = rows();
  const today = document.querySelector<HTMLElement>('#grid thead .today')?.dataset.day;
  const cell = (first && today && cellOn(first, today)) || first?.cells[0];
  if (cell) makeReachable(cell.button);
}

function makeReachable(button: HTMLButtonElement): void {
  for (const one of document.querySelectorAll<HTMLElement>('#grid [tabindex="0"]')) one.tabIndex = -1;
  button.tabIndex = 0;
}

function focus({ button }: Cell): void {
  button.focus();
  button.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

function neighbour(cell: Cell, key: string): Cell | undefined {
  const all = rows();
  const at = all.findIndex(({ roomId }) => roomId === cell.roomId);
  const row = all[at];
  if (!row) return undefined;
  const index = row.cells.findIndex(({ day }) => day === cell.day);
  const above = (other: Row | undefined) => other && cellOn(other, cell.day);
  switch (key) {
    case 'ArrowLeft':
      return row.cells[index - 1];
    case 'ArrowRight':
      return row.cells[index + 1];
    case 'ArrowUp':
      return above(all[at - 1]);
    case 'ArrowDown':
      return above(all[at + 1]);
    case 'Home':
      return row.cells[0];
    case 'End':
      return row.cells.at(-1);
    default:
      return undefined;
  }
}

/** Moves the moving end of the selection by a night, over free nights only. */
function extend(cell: Cell, by: 1 | -1): void {
  const row = rows().find(({ roomId }) => roomId === cell.roomId);
  const next = row && cellOn(row, by === 1 ? endOf(cell) : addDays(cell.day, -1));
  if (!next || !isFree(next)) return;
  extendSelection(cell, next);
  focus(next);
}
