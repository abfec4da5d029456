import type { Dates, Seen } from './actions.ts';
import type { Outcome } from './api.ts';
import { type Cell, rows } from './cells.ts';
import { find } from './dom.ts';
import { traceLink } from './report.ts';

/** Acts on what was chosen in a dialog. Resolves to the outcome, or to undefined if the choice has no action. */
export type Choose = (choice: string, dates: Dates) => Promise<Outcome | undefined>;

/** Which buttons of the dialog a booking has. */
const CHOICES: Record<string, readonly string[]> = {
  booked: ['change', 'check-in', 'cancel'],
  checked_in: ['check-out'],
  checked_out: [],
};

export function openBookDialog(dates: Dates, choose: Choose, onClosed: () => void): void {
  const dialog = find<HTMLDialogElement>('#book');
  fill(dialog, dates);
  show(dialog, choose, onClosed);
}

export function openStayDialog({ button, roomId, roomNumber }: Cell, choose: Choose): void {
  const dialog = find<HTMLDialogElement>('#stay');
  const { booking = '', start = '', end = '', status = '', cleaning } = button.dataset;
  find('h2', dialog).textContent = `Booking ${booking}, room ${roomNumber}`;
  find('#stay-state').textContent = button.dataset.words ?? '';
  const choices = [...(CHOICES[status] ?? []), ...(cleaning === 'failed' ? ['replan'] : [])];
  for (const one of dialog.querySelectorAll<HTMLButtonElement>('.buttons [value]'))
    one.hidden = !choices.includes(one.value);
  for (const field of fieldsOf(dialog)) field.disabled = status !== 'booked';
  fill(dialog, { room_id: roomId, start, end });
  show(dialog, choose, () => {});
}

/** The revision that a cell shows. */
export function seenIn({ button }: Cell): Seen {
  const { booking, revision } = button.dataset;
  return { id: Number(booking), revision: Number(revision) };
}

type Field = HTMLInputElement | HTMLSelectElement;
const fieldsOf = (dialog: HTMLElement) => dialog.querySelectorAll<Field>('input, select');
const field = (dialog: HTMLElement, name: keyof Dates) => find<Field>(`[name="${name}"]`, dialog);

function fill(dialog: HTMLElement, { room_id, start, end }: Dates): void {
  const rooms = rows().map(({ roomId, roomNumber }) => new Option(roomNumber, String(roomId)));
  field(dialog, 'room_id').replaceChildren(...rooms);
  field(dialog, 'room_id').value = String(room_id);
  field(dialog, 'start').value = start;
  field(dialog, 'end').value = end;
}

function show(dialog: HTMLDialogElement, choose: Choose, onClosed: () => void): void {
  const form = find<HTMLFormElement>('form', dialog);
  const problem = find('.problem', dialog);
  const buttons = [...dialog.querySelectorAll<HTMLButtonElement>('button')];
  problem.hidden = true;
  for (const button of buttons) button.disabled = false;
  const over = new AbortController();
  const { signal } = over;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const choice = (event.submitter as HTMLButtonElement | null)?.value ?? '';
    const dates = {
      room_id: Number(field(dialog, 'room_id').value),
      start: field(dialog, 'start').value,
      end: field(dialog, 'end').value,
    };
    problem.hidden = true;
    for (const button of buttons) button.disabled = true;
    const outcome = await choose(choice, dates);
    // Closed meanwhile, so it may be open for something else. A report has the outcome.
    if (signal.aborted) return;
    for (const button of buttons) button.disabled = false;
    if (outcome?.ok) dialog.close();
    else if (outcome) {
      problem.replaceChildren(outcome.detail, ...traceLink(outcome.traceId));
      problem.hidden = false;
    }
  };
  form.addEventListener('submit', (event) => void submit(event), { signal });
  find('[data-close]', dialog).addEventListener('click', () => dialog.close(), { signal });
  dialog.addEventListener(
    'close',
    () => {
      over.abort();
      onClosed();
    },
    { signal },
  );
  dialog.showModal();
  dialog.querySelector<HTMLElement>('.main:not([hidden])')?.focus();
}
