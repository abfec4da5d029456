import { addDays, daysFrom, find } from './dom.ts';

/** A free night or a stay on the board. */
export interface Cell {
  button: HTMLButtonElement;
  row: HTMLTableRowElement;
  roomId: number;
  roomNumber: string;
  /** The first night that the board shows of it. */
  day: string;
  nights: number;
}

/** The row of a room on the board. */
export interface Row {
  roomId: number;
  roomNumber: string;
  cells: Cell[];
}

export function rows(): Row[] {
  return [...document.querySelectorAll<HTMLTableRowElement>('#grid tbody tr')].map((row) => {
    const roomId = Number(row.dataset.room);
    const roomNumber = row.dataset.number ?? '';
    const buttons = [...row.querySelectorAll<HTMLButtonElement>('td > button')];
    return { roomId, roomNumber, cells: buttons.map((button) => cellOf(button, row, roomId, roomNumber)) };
  });
}

/** The cell that an event happened in. */
export function cellAt(target: EventTarget | null): Cell | undefined {
  const button = target instanceof Element ? target.closest<HTMLButtonElement>('#grid td > button') : null;
  const row = button?.closest('tr');
  if (!button || !row) return undefined;
  return cellOf(button, row, Number(row.dataset.room), row.dataset.number ?? '');
}

function cellOf(button: HTMLButtonElement, row: HTMLTableRowElement, roomId: number, roomNumber: string): Cell {
  const nights = button.closest('td')?.colSpan ?? 1;
  return { button, row, roomId, roomNumber, day: button.dataset.day ?? '', nights };
}

export const isFree = ({ button }: Cell): boolean => button.classList.contains('free');
export const endOf = ({ day, nights }: Cell): string => addDays(day, nights);

/** The cell of a row that shows a day. */
export function cellOn(row: Row, day: string): Cell | undefined {
  return row.cells.find((cell) => daysFrom(cell.day, day) >= 0 && daysFrom(cell.day, day) < cell.nights);
}

/** The room and the day below a point, even within a stay of several nights. Undefined outside of the board. */
export function placeAt(x: number, y: number): { row: HTMLTableRowElement; day: string } | undefined {
  const row = document.elementFromPoint(x, y)?.closest<HTMLTableRowElement>('#grid tbody tr');
  const heads = find('#grid').querySelectorAll<HTMLElement>('thead [data-day]');
  const head = [...heads].find((one) => {
    const { left, right } = one.getBoundingClientRect();
    return x >= left && x < right;
  });
  const day = head?.dataset.day;
  return row && day !== undefined ? { row, day } : undefined;
}
