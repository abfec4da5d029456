import type { CleaningTask } from '@hotel/contracts';
import { html } from 'hono/html';
import type { BoardData } from './data.ts';
import { namesOf } from './days.ts';
import type { Html } from './grid.ts';

/** Today's list for the cleaners, open tasks first. */
export function cleanersList({ cleaning, today }: BoardData): Html {
  return html`<section class="cleaners" aria-labelledby="cleaners-title"><h2 id="cleaners-title">Cleaners’ list for today</h2>${content(cleaning?.tasks, today)}</section>`;
}

function content(tasks: CleaningTask[] | undefined, today: string): Html {
  if (!tasks)
    return html`<p class="away" role="status">Cleaning does not answer, so this list and the state of the rooms are unknown. Bookings and check-outs work; check-ins wait for it.</p>`;
  if (tasks.length === 0) return html`<p>Nothing to clean today.</p>`;
  const sorted = tasks.toSorted((a, b) => Number(a.done) - Number(b.done) || a.room.localeCompare(b.room, 'en'));
  return html`<ul>${sorted.map((task) => item(task, today))}</ul>`;
}

function item({ id, day, room, final, booking_id, done }: CleaningTask, today: string): Html {
  const what = final ? 'final clean' : 'daily clean';
  const since = day < today ? html` <em>since ${namesOf(day).date}</em>` : '';
  const button = html`<button type="button" data-task="${id}" data-key="task ${id}" data-room-number="${room}" aria-label="Room ${room}, ${what}: done">Done</button>`;
  return html`<li class="${done ? 'done' : 'open'}"><b>${room}</b> ${what}${since} <small>booking ${booking_id}</small> ${done ? html`<span>done ✓</span>` : button}</li>`;
}
