// Adds log lines as they arrive, unless paused.
import { isForPage } from './base.js';

const MAX_LINES = 1000;
const lines = document.getElementById('lines');
const toggle = document.getElementById('follow');
const stream = lines?.dataset.stream;
let paused = false;
/** Lines that arrived while paused, newest first. */
let waiting = [];

function label() {
  toggle.textContent = paused ? `Paused${waiting.length > 0 ? `, ${waiting.length} new` : ''}` : 'Live';
  toggle.setAttribute('aria-pressed', String(!paused));
  toggle.title = paused ? 'Show new lines as they arrive (p)' : 'Keep the list as it is (p)';
}

function show(added) {
  // The lines that a reader has scrolled down to stay in place.
  const before = document.documentElement.scrollHeight;
  lines.prepend(...added);
  for (const item of [...lines.children].slice(MAX_LINES)) item.remove();
  if (scrollY > 0) scrollBy(0, document.documentElement.scrollHeight - before);
  document.querySelector('.message')?.remove();
  const count = document.getElementById('count');
  if (count) count.textContent = lines.children.length === 1 ? '1 log line' : `${lines.children.length} log lines`;
}

function receive({ data }) {
  const items = [...new DOMParser().parseFromString(data, 'text/html').body.children];
  if (!paused) {
    for (const item of items) item.classList.add('new');
    show(items);
  } else waiting = [...items, ...waiting].slice(0, MAX_LINES);
  label();
}

function togglePaused() {
  paused = !paused;
  if (!paused) show(waiting.splice(0));
  label();
}

if (stream === undefined) {
  if (toggle) toggle.hidden = true;
} else {
  label();
  toggle.addEventListener('click', togglePaused);
  // The browser reconnects by itself, even after a restart of the viewer.
  const source = new EventSource(stream);
  source.addEventListener('lines', receive);
  source.addEventListener('restart', () => lines.replaceChildren());
  addEventListener('pagehide', () => source.close());
}

document.addEventListener('keydown', (event) => {
  if (!isForPage(event)) return;
  if (event.key === 'p' && stream !== undefined) togglePaused();
  else if (event.key === '/') document.querySelector('.fields [name=text]')?.focus();
  else return;
  event.preventDefault();
});
