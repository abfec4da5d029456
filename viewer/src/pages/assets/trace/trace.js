import './watch.js';
import './columns.js';
import { enableScripted, isForPage } from '../base.js';
import { remember } from './ask.js';
import { startFind } from './find.js';
import {
  count,
  detailOf,
  focus,
  fold,
  foldAll,
  isFolded,
  isHidden,
  isParent,
  outline,
  parentOf,
  positionOf,
  rowAt,
  table,
  visit,
} from './rows.js';
import { zoomKeys, zoomToText } from './zoom.js';

// Details are fetched on opening, which keeps large pages small.

async function toggle(row) {
  const open = detailOf(row);
  if (open) {
    open.remove();
    row.classList.remove('open');
    return;
  }
  const id = row.id.slice(2);
  const query = new URLSearchParams(location.search);
  const response = await fetch(`/trace/${table.dataset.trace}/spans/${id}?${query}`).catch(() => undefined);
  if (detailOf(row)) return;
  const page = new DOMParser().parseFromString(
    response?.ok
      ? await response.text()
      : '<div class="detail"><p class="warn">This span is no longer stored.</p></div>',
    'text/html',
  );
  enableScripted(page);
  row.after(...page.body.children);
  row.classList.add('open');
  remember('uiFind', id);
}

table.addEventListener('click', (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const zoom = event.target.closest('a.zoom');
  if (zoom) {
    event.preventDefault();
    zoomToText(zoom.dataset.zoom);
    return;
  }
  const row = event.target.closest('[aria-level]');
  if (!row) return;
  if (event.target.closest('.fold')) fold(positionOf(row), !isFolded(positionOf(row)));
  else if (event.target.closest('.op, .bar')) {
    event.preventDefault();
    focus(positionOf(row));
    toggle(row);
  }
});

function step(position, by) {
  let next = position + by;
  while (next >= 0 && next < count && isHidden(next)) next += by;
  if (next >= 0 && next < count) focus(next);
}

function lastShown() {
  let position = count - 1;
  while (position > 0 && isHidden(position)) position--;
  return position;
}

async function zoomToRow(row) {
  if (!detailOf(row)) await toggle(row);
  const link = detailOf(row)?.querySelector('a.zoom');
  if (link) await zoomToText(link.dataset.zoom);
}

/** Standard tree keys: right unfolds, then moves to the first child; left folds, then moves to the parent. */
function intoTree(position) {
  if (isFolded(position)) fold(position, false);
  else if (isParent(position)) focus(position + 1);
}

function outOfTree(position) {
  if (isParent(position) && !isFolded(position)) fold(position, true);
  else if (parentOf(position) >= 0) focus(parentOf(position));
}

let error = -1;
function nextError() {
  if (outline.errors.length === 0) return;
  error = (error + 1) % outline.errors.length;
  visit(outline.errors[error]);
}

/** Keys of the focused row. */
const rowKeys = {
  Home: () => focus(0),
  End: () => focus(lastShown()),
  ArrowRight: (row) => intoTree(positionOf(row)),
  ArrowLeft: (row) => outOfTree(positionOf(row)),
  Enter: toggle,
  ' ': toggle,
  z: zoomToRow,
};
const steps = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };
/** Keys of the page. */
const pageKeys = { '/': startFind, e: nextError, ...zoomKeys };

document.addEventListener('keydown', (event) => {
  if (!isForPage(event)) return;
  if (pageKeys[event.key]) {
    event.preventDefault();
    pageKeys[event.key]();
    return;
  }
  // Links and buttons handle Enter themselves.
  if (event.target.closest('a, button, summary')) return;
  const row = event.target.closest('[aria-level]');
  const by = steps[event.key];
  if (by !== undefined) {
    event.preventDefault();
    if (row) step(positionOf(row), by);
    else focus(0);
  } else if (row && rowKeys[event.key]) {
    event.preventDefault();
    rowKeys[event.key](row);
  }
});

document.getElementById('unfold').addEventListener('click', () => foldAll(false));
document.getElementById('fold').addEventListener('click', () => foldAll(true));
const errorButton = document.getElementById('next-error');
errorButton.hidden = outline.errors.length === 0;
errorButton.addEventListener('click', nextError);

if (outline.hits.length > 0) visit(outline.hits[0]);
else if (count > 0) (await rowAt(0)).tabIndex = 0;
