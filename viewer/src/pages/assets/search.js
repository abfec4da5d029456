// Updates the list of traces as they arrive, unless paused.
import { isForPage } from './base.js';

const PERIOD_MS = 1000;
const results = document.getElementById('results');
const live = results?.dataset.live;
const toggle = document.getElementById('live');
let version = results?.dataset.version;
let paused = false;

const idsIn = (element) => [...element.querySelectorAll('[data-id]')].map((item) => item.dataset.id);

/** The current results, or undefined if nothing has arrived since. */
async function fetchResults() {
  const url = `${live}${live.includes('?') ? '&' : '?'}since=${version}`;
  const response = await fetch(url).catch(() => undefined);
  // The viewer may restart during development: keep the current results and retry.
  if (response?.status !== 200) return undefined;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  return { page, version: response.headers.get('x-store-version') };
}

function show(fetched) {
  const known = new Set(idsIn(results));
  const focused = document.activeElement?.closest('#results a')?.getAttribute('href');
  for (const item of fetched.page.querySelectorAll('[data-id]')) {
    if (known.size > 0 && !known.has(item.dataset.id)) item.classList.add('new');
  }
  version = fetched.version;
  results.replaceChildren(...fetched.page.body.childNodes);
  if (focused) results.querySelector(`.traces li > a[href="${focused}"]`)?.focus();
}

async function renew() {
  const fetched = await fetchResults();
  if (fetched === undefined) return;
  if (!paused) show(fetched);
  else {
    const known = new Set(idsIn(results));
    label(idsIn(fetched.page).filter((id) => !known.has(id)).length);
  }
}

function label(waiting = 0) {
  toggle.textContent = paused ? `Paused${waiting > 0 ? `, ${waiting} new` : ''}` : 'Live';
  toggle.setAttribute('aria-pressed', String(!paused));
  toggle.title = paused ? 'Show new traces as they arrive (p)' : 'Keep the list as it is (p)';
}

function togglePaused() {
  paused = !paused;
  label();
  renew();
}

if (live === undefined) toggle.hidden = true;
else {
  label();
  toggle.addEventListener('click', togglePaused);
  let running = false;
  setInterval(async () => {
    // Do not replace the list while text is selected.
    if (running || document.hidden || String(getSelection()) !== '') return;
    running = true;
    await renew().finally(() => {
      running = false;
    });
  }, PERIOD_MS);
}

const operations = document.getElementById('operations');
document.getElementById('service')?.addEventListener('change', async (event) => {
  if (event.target.value === '') return;
  const response = await fetch(`/api/v3/operations?service=${encodeURIComponent(event.target.value)}`);
  const names = new Set((await response.json()).operations.map(({ name }) => name));
  operations.replaceChildren(
    ...[...names].map((name) => Object.assign(document.createElement('option'), { value: name })),
  );
});

// j and k move through the results, as on the trace page.
document.addEventListener('keydown', (event) => {
  if (!isForPage(event)) return;
  const links = [...document.querySelectorAll('.traces li > a')];
  const at = links.indexOf(document.activeElement);
  if (event.key === 'j') links[Math.min(at + 1, links.length - 1)]?.focus();
  else if (event.key === 'k') links[Math.max(at - 1, 0)]?.focus();
  else if (event.key === 'p' && live !== undefined) togglePaused();
  else if (event.key === '/') document.querySelector('.fields [name=operation]')?.focus();
  else return;
  event.preventDefault();
});
