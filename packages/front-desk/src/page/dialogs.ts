import { html } from 'hono/html';
import type { Html } from '../board/grid.ts';

const fields = html`<label>Room <select name="room_id" required></select></label>
<label>Arrival <input name="start" type="date" max="9999-12-31" required></label>
<label>Departure <input name="end" type="date" max="9999-12-31" required></label>
<p class="problem" role="alert" hidden></p>`;

export const bookDialog: Html = html`<dialog id="book" aria-labelledby="book-title"><form method="dialog">
<h2 id="book-title">Book a room</h2>
${fields}
<div class="buttons"><button class="main" value="book">Book</button><button type="button" data-close>Close</button></div>
</form></dialog>`;

export const stayDialog: Html = html`<dialog id="stay" aria-labelledby="stay-title"><form method="dialog">
<h2 id="stay-title">Booking</h2>
<p id="stay-state"></p>
${fields}
<div class="buttons">
<button class="main" value="change">Save</button>
<button class="main" value="check-in">Check in</button>
<button class="main" value="check-out">Check out</button>
<button value="replan">Plan again</button>
<button value="cancel" class="danger">Cancel booking</button>
<button type="button" data-close>Close</button>
</div>
</form></dialog>`;

const KEYS = [
  ['← → ↑ ↓', 'move from cell to cell'],
  ['Home End', 'go to the first or last cell of the row'],
  ['Shift ← →', 'select several free nights'],
  ['Enter', 'book the selected nights, or open the booking'],
  ['Esc', 'stop selecting or dragging, or close a dialog'],
  ['?', 'show this list'],
] as const;

export const keysDialog: Html = html`<dialog id="keys" aria-labelledby="keys-title"><h2 id="keys-title">Keys and mouse</h2>
<dl>${KEYS.map(([keys, does]) => html`<div><dt>${keys.split(' ').map((key) => html`<kbd>${key}</kbd> `)}</dt><dd>${does}</dd></div>`)}
<div><dt>Mouse</dt><dd>drag over free nights to book them; drag a booking to another day or room to change it</dd></div></dl>
<form method="dialog"><button>Close</button></form></dialog>`;
