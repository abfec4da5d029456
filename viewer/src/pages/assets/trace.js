const PERIOD_MS = 2000;
const table = document.querySelector('.waterfall');
const rows = [...document.querySelectorAll('.waterfall [aria-level]')];
const level = (row) => Number(row.getAttribute('aria-level'));
const detailOf = (row) => (row.nextElementSibling?.classList.contains('detail') ? row.nextElementSibling : undefined);
const spanId = (row) => row.id.slice(2);

// Folding. A row is shown when everything above it is open.

function show() {
  let foldedAt = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    if (level(row) <= foldedAt) foldedAt = Number.POSITIVE_INFINITY;
    const hidden = level(row) > foldedAt;
    row.hidden = hidden;
    const detail = detailOf(row);
    if (detail) detail.hidden = hidden;
    if (!hidden && row.getAttribute('aria-expanded') === 'false') foldedAt = level(row);
  }
}

function fold(row, folded) {
  if (!row.hasAttribute('aria-expanded')) return;
  row.setAttribute('aria-expanded', String(!folded));
  show();
}

function foldAll(folded) {
  for (const row of rows) if (row.hasAttribute('aria-expanded')) row.setAttribute('aria-expanded', String(!folded));
  show();
}

/** Opens everything above a row, brings it into view and puts the keyboard on it. */
function visit(row) {
  let below = level(row);
  for (let index = rows.indexOf(row) - 1; index >= 0 && below > 1; index--) {
    if (level(rows[index]) < below) {
      below = level(rows[index]);
      if (rows[index].getAttribute('aria-expanded') === 'false') rows[index].setAttribute('aria-expanded', 'true');
    }
  }
  show();
  focus(row);
}

function focus(row) {
  for (const other of table.querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
  row.tabIndex = 0;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: 'nearest' });
}

// Details are fetched when they are opened: a page with 2,000 spans stays small.

async function toggle(row) {
  const open = detailOf(row);
  if (open) {
    open.remove();
    row.classList.remove('open');
    return;
  }
  const response = await fetch(`/trace/${table.dataset.trace}/spans/${spanId(row)}`).catch(() => undefined);
  if (detailOf(row)) return;
  const page = new DOMParser().parseFromString(
    response?.ok
      ? await response.text()
      : '<div class="detail"><p class="warn">This span is no longer stored.</p></div>',
    'text/html',
  );
  row.after(...page.body.children);
  row.classList.add('open');
  // The address names what is open, to be shared or reloaded.
  history.replaceState(null, '', `?uiFind=${spanId(row)}`);
}

table?.addEventListener('click', (event) => {
  const row = event.target.closest('[aria-level]');
  if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest('.fold')) fold(row, row.getAttribute('aria-expanded') === 'true');
  else if (event.target.closest('.op') || event.target.closest('.bar')) {
    event.preventDefault();
    focus(row);
    toggle(row);
  }
});

function step(row, by) {
  let index = rows.indexOf(row);
  do index += by;
  while (rows[index]?.hidden);
  if (rows[index]) focus(rows[index]);
}

const keys = {
  ArrowDown: (row) => step(row, 1),
  j: (row) => step(row, 1),
  ArrowUp: (row) => step(row, -1),
  k: (row) => step(row, -1),
  Home: () => focus(rows[0]),
  End: () => focus(rows.findLast((row) => !row.hidden)),
  ArrowRight: (row) => fold(row, false),
  ArrowLeft: (row) => fold(row, true),
  Enter: (row) => toggle(row),
  ' ': (row) => toggle(row),
};

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest('input, select, textarea, button, a');
  if (event.key === '/' && !typing) {
    event.preventDefault();
    find.focus();
    find.select();
    return;
  }
  if (typing || rows.length === 0) return;
  const row = event.target.closest('[aria-level]');
  const key = keys[event.key];
  if (!key || (!row && !/^(Arrow(Down|Up)|j|k)$/.test(event.key))) return;
  event.preventDefault();
  if (row) key(row);
  else focus(rows[0]);
});

// Finding. The server knows attributes that the page does not.

const find = document.getElementById('find');
const output = document.getElementById('found');
let hits = rows.filter((row) => row.classList.contains('hit'));
let current = -1;
let asked = 0;

async function search() {
  const question = ++asked;
  const text = find.value.trim();
  const response = await fetch(`/trace/${table.dataset.trace}/find?q=${encodeURIComponent(text)}`);
  const found = new Set((await response.json()).spans);
  // A slower answer to an older question is worth nothing.
  if (question !== asked) return;
  hits = rows.filter((row) => row.classList.toggle('hit', found.has(spanId(row))));
  current = -1;
  report();
}

function report() {
  if (find.value.trim() === '') output.textContent = '';
  else if (current >= 0) output.textContent = `${current + 1} of ${hits.length}`;
  else output.textContent = hits.length === 1 ? '1 span' : `${hits.length} spans`;
}

function nextHit(by) {
  if (hits.length === 0) return;
  current = (current + by + hits.length) % hits.length;
  visit(hits[current]);
  find.focus({ preventScroll: true });
  report();
}

let typed;
find?.addEventListener('input', () => {
  clearTimeout(typed);
  typed = setTimeout(search, 120);
});
find?.addEventListener('keydown', (event) => {
  if (event.key === 'Enter') nextHit(event.shiftKey ? -1 : 1);
  else if (event.key === 'Escape') focus(hits[current] ?? rows[0]);
  else return;
  event.preventDefault();
});

const errors = rows.filter((row) => row.classList.contains('err'));
let error = -1;
const actions = {
  unfold: () => foldAll(false),
  fold: () => foldAll(true),
  'next-error': () => {
    error = (error + 1) % errors.length;
    visit(errors[error]);
  },
};
for (const [id, action] of Object.entries(actions)) {
  const button = document.getElementById(id);
  if (!button) continue;
  button.hidden = false;
  button.addEventListener('click', action);
}

if (rows[0]) rows[0].tabIndex = 0;
if (hits[0]) {
  visit(hits[0]);
  hits[0].scrollIntoView({ block: 'center' });
}

// Spans that come while the page is open are offered, not forced on the reader. A trace that was not there is shown.
const watched = document.querySelector('[data-trace]');
const banner = Object.assign(document.createElement('button'), { className: 'more', hidden: true, type: 'button' });
banner.addEventListener('click', () => location.reload());
document.body.append(banner);
setInterval(async () => {
  if (!watched || document.hidden) return;
  const response = await fetch(`/trace/${watched.dataset.trace}/state`).catch(() => undefined);
  if (!response?.ok) return;
  const more = (await response.json()).spans - Number(watched.dataset.spans);
  if (more > 0 && !table) location.reload();
  banner.hidden = more <= 0;
  banner.textContent = more === 1 ? 'One more span has arrived: show it' : `${more} more spans have arrived: show them`;
}, PERIOD_MS);
