import { find } from './dom.ts';

type Content = { html: string; version: string };

let waiting: Content | undefined;
let isHeld = false;
const listeners: Array<() => void> = [];

/** Calls `listener` whenever the board has been replaced. */
export function onBoard(listener: () => void): void {
  listeners.push(listener);
}

export function boardVersion(): string {
  return find('#board').dataset.version ?? '';
}

/** Replaces the board, unless it is held. Its markup comes from this origin, which has escaped every value in it. */
export function showBoard(content: Content): void {
  if (isHeld) {
    waiting = content;
    return;
  }
  const board = find('#board');
  const key = document.activeElement?.closest<HTMLElement>('[data-key]')?.dataset.key;
  const { scrollLeft = 0, scrollTop = 0 } = board.querySelector('.scroll') ?? {};
  board.innerHTML = content.html;
  board.dataset.version = content.version;
  board.querySelector('.scroll')?.scrollTo(scrollLeft, scrollTop);
  for (const listener of listeners) listener();
  if (key !== undefined)
    board.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

/** Keeps the board as it is while a person selects or drags. */
export function holdBoard(): void {
  isHeld = true;
}

export function releaseBoard(): void {
  isHeld = false;
  if (!waiting) return;
  const content = waiting;
  waiting = undefined;
  showBoard(content);
}
