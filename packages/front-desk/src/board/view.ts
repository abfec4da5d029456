import { createHash } from 'node:crypto';
import { addDays } from '@hotel/contracts';
import { html } from 'hono/html';
import { cleanersList } from './cleaners.ts';
import type { BoardData } from './data.ts';
import { namesOf } from './days.ts';
import { grid, type Html } from './grid.ts';
import { queryOf } from './window.ts';

/** What changes while the page is open, and a digest of it. */
export interface View {
  html: string;
  version: string;
  /** A digest of the data that it shows. */
  source: string;
}

/** @returns `last` if it shows the same data, because open boards are read every second and rarely change */
export function viewOf(data: BoardData, last?: View): View {
  const source = digestOf(JSON.stringify(data));
  if (source === last?.source) return last;
  const text = String(
    html`${toolbar(data)}${data.rooms.length === 0 ? noRooms(data) : grid(data)}${legend}${cleanersList(data)}`,
  );
  return { html: text, version: digestOf(text), source };
}

const digestOf = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 16);

function toolbar({ window, rooms, hasMore }: BoardData): Html {
  const { start, days, after } = window;
  const to = (change: Partial<typeof window>) => `/?${queryOf({ ...window, ...change })}`;
  const last = rooms.at(-1)?.id ?? after;
  const end = addDays(start, days - 1);
  const [from, until] = [start.slice(0, 4), end.slice(0, 4)];
  return html`<div class="toolbar">
<nav aria-label="Days">
<a href="${to({ start: addDays(start, -7) })}" aria-label="A week earlier">←</a>
<a href="/${after > 0 ? `?after=${after}` : ''}">Today</a>
<a href="${to({ start: addDays(start, 7) })}" aria-label="A week later">→</a>
</nav>
<p class="range">${namesOf(start).date}${from === until ? '' : ` ${from}`} – ${namesOf(end).date} ${until}</p>
<nav aria-label="Rooms">${after > 0 ? html`<a href="${to({ after: 0 })}">First rooms</a>` : ''}${hasMore ? html`<a href="${to({ after: last })}">More rooms</a>` : ''}</nav>
</div>`;
}

function noRooms({ window: { after } }: BoardData): Html {
  return after > 0
    ? html`<p class="empty">There are no further rooms.</p>`
    : html`<p class="empty">This hotel has no rooms yet. Add one with <code>POST /api/v1/rooms</code>; <a href="/docs#createRoom">the API’s page</a> has a form for it.</p>`;
}

const legend = html`<ul class="legend" aria-label="Legend">
<li><span class="swatch booked"></span>booked</li>
<li><span class="swatch checked_in"></span>checked in</li>
<li><span class="swatch checked_out"></span>checked out</li>
<li><b aria-hidden="true">✓</b> cleaning planned</li>
<li><b aria-hidden="true">…</b> being planned</li>
<li><b aria-hidden="true">!</b> planning failed</li>
</ul>`;
