import type { Outcome } from './api.ts';
import { find } from './dom.ts';

const KEPT = 5;

/** A link to the trace of an action, where the hotel has a trace UI and the trace is recorded. */
export function traceLink(traceId: string | undefined): Array<Node | string> {
  const { traces } = document.body.dataset;
  if (!traces || !traceId) return [];
  const link = document.createElement('a');
  link.href = `${traces}/trace/${traceId}`;
  link.target = '_blank';
  link.rel = 'noopener';
  link.className = 'trace';
  link.textContent = 'trace';
  return [' ', link];
}

/** Says what an action has done, newest first. */
export function report(text: string, { ok, traceId }: Pick<Outcome, 'ok' | 'traceId'>): void {
  const list = find('#reports');
  const line = document.createElement('p');
  line.className = ok ? 'report' : 'report bad';
  if (!ok) line.setAttribute('role', 'alert');
  const close = document.createElement('button');
  close.type = 'button';
  close.textContent = '×';
  close.setAttribute('aria-label', 'Dismiss');
  close.addEventListener('click', () => line.remove());
  line.append(text, ...traceLink(traceId), close);
  list.prepend(line);
  while (list.childElementCount > KEPT) list.lastElementChild?.remove();
}
