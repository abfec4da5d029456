// Searches all spans of the trace, on the server.
import { ask, remember } from './ask.js';
import { focus, outline, showHits, visit } from './rows.js';

const field = document.getElementById('find');
const output = document.getElementById('found');
let hits = outline.hits;
let current = -1;
let asked = 0;

async function search() {
  const question = ++asked;
  const text = field.value.trim();
  const { rows } = JSON.parse(await ask('find', { uiFind: text }));
  // A slow response to an earlier query is dropped.
  if (question !== asked) return;
  remember('uiFind', text);
  hits = rows;
  current = -1;
  showHits(hits);
  report();
}

function report() {
  if (field.value.trim() === '') output.textContent = '';
  else if (current >= 0) output.textContent = `${current + 1} of ${hits.length}`;
  else output.textContent = hits.length === 1 ? '1 span' : `${hits.length} spans`;
}

async function step(by) {
  if (hits.length === 0) return;
  current = current < 0 && by < 0 ? hits.length - 1 : (current + by + hits.length) % hits.length;
  report();
  await visit(hits[current]);
  field.focus({ preventScroll: true });
}

let typed;
field.addEventListener('input', () => {
  clearTimeout(typed);
  typed = setTimeout(search, 120);
});
field.addEventListener('keydown', (event) => {
  if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
  else if (event.key === 'Escape') focus(hits[current] ?? 0);
  else return;
  event.preventDefault();
});
// Without scripts, Enter submits the form; with them, it moves to the next result.
field.form.addEventListener('submit', (event) => event.preventDefault());

export function startFind() {
  field.focus();
  field.select();
}
