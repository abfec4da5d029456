// Only rows near the viewport are in the document. They are added and removed in blocks; an empty block keeps its
// height.
import { ask } from './ask.js';

export const table = document.querySelector('.waterfall');
export const outline = JSON.parse(document.getElementById('outline').textContent);
const { depths } = outline;
export const count = depths.length;
const size = Number(table.dataset.block);

const folded = new Set();
const hidden = new Uint8Array(count);
/** Positions of the rows that were found. */
let hits = new Set(outline.hits);

/** Position of the parent row; -1 for a root. */
export const parentOf = (position) =>
  depths.findLastIndex((depth, other) => other < position && depth < depths[position]);
export const isParent = (position) => depths[position + 1] > depths[position];
export const isFolded = (position) => folded.has(position);
export const isHidden = (position) => hidden[position] === 1;
export const positionOf = (row) => Number(row.getAttribute('aria-rowindex')) - 2;
export const detailOf = (row) =>
  row.nextElementSibling?.classList.contains('detail') ? row.nextElementSibling : undefined;
const rowsIn = (element) => element.querySelectorAll('[aria-level]');

/** One block per `size` rows, including rows that the served page omitted. */
const blocks = Array.from({ length: Math.ceil(count / size) }, (_, index) => {
  const from = index * size;
  const element = table.querySelector(`.block[data-from="${from}"]`) ?? document.createElement('div');
  element.className = 'block';
  element.setAttribute('role', 'rowgroup');
  element.dataset.index = String(index);
  return { from, to: Math.min(from + size, count), element, filling: undefined };
});
table.append(...blocks.map(({ element }) => element));
document.querySelector('.pager')?.remove();

const isFilled = ({ element }) => element.firstElementChild !== null;

function fill(block) {
  if (isFilled(block)) return Promise.resolve();
  block.filling ??= ask('rows', { from: block.from, count: block.to - block.from })
    .then((html) => {
      const page = new DOMParser().parseFromString(html, 'text/html');
      block.element.replaceChildren(...(page.querySelector('.block')?.childNodes ?? []));
      dress(block);
    })
    .finally(() => {
      block.filling = undefined;
    });
  return block.filling;
}

/** Keeps the focused row and rows with open details. */
function drop({ element }) {
  if (element.contains(document.activeElement) || element.querySelector('.detail')) return;
  element.replaceChildren();
}

/** Applies folding and search results to the rows of a block. */
function dress(block) {
  for (const row of rowsIn(block.element)) {
    const position = positionOf(row);
    row.hidden = isHidden(position);
    const detail = detailOf(row);
    if (detail) detail.hidden = row.hidden;
    if (isParent(position)) row.setAttribute('aria-expanded', String(!isFolded(position)));
    row.classList.toggle('hit', hits.has(position));
  }
}

const near = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      const block = blocks[Number(target.dataset.index)];
      // The viewer may restart during development: scrolling here again retries.
      if (isIntersecting) fill(block).catch(() => undefined);
      else drop(block);
    }
  },
  { rootMargin: '1000px 0px' },
);

/** Hides rows below folded ones and updates the height of every block. */
function show() {
  let foldedAt = Number.POSITIVE_INFINITY;
  for (let position = 0; position < count; position++) {
    if (depths[position] <= foldedAt) foldedAt = Number.POSITIVE_INFINITY;
    hidden[position] = depths[position] > foldedAt ? 1 : 0;
    if (hidden[position] === 0 && folded.has(position)) foldedAt = depths[position];
  }
  for (const block of blocks) {
    let shown = 0;
    for (let position = block.from; position < block.to; position++) shown += 1 - hidden[position];
    block.element.style.setProperty('--rows', shown);
    block.element.hidden = shown === 0;
    dress(block);
  }
}

export function fold(position, fold) {
  if (!isParent(position)) return;
  if (fold) folded.add(position);
  else folded.delete(position);
  show();
}

export function foldAll(fold) {
  folded.clear();
  if (fold) for (let position = 0; position < count; position++) if (isParent(position)) folded.add(position);
  show();
}

export function showHits(positions) {
  hits = new Set(positions);
  for (const block of blocks) dress(block);
}

/** The row at a position, fetched if needed. */
export async function rowAt(position) {
  const block = blocks[Math.floor(position / size)];
  await fill(block);
  return rowsIn(block.element)[position - block.from];
}

/** Focuses a row and scrolls it into view. */
export async function focus(position, place = 'nearest') {
  const row = await rowAt(position);
  if (!row) return;
  for (const other of table.querySelectorAll('[aria-level][tabindex="0"]')) other.tabIndex = -1;
  row.tabIndex = 0;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: place });
}

/** Unfolds all ancestors of a row and focuses it. */
export async function visit(position) {
  let above = depths[position];
  for (let index = position - 1; index >= 0 && above > 0; index--) {
    if (depths[index] < above) {
      above = depths[index];
      folded.delete(index);
    }
  }
  show();
  await focus(position, 'center');
}

/** Redraws the bars after a zoom. Focus and open details stay. */
export async function redraw() {
  await Promise.all(
    blocks.filter(isFilled).map(async (block) => {
      const html = await ask('rows', { from: block.from, count: block.to - block.from });
      const page = new DOMParser().parseFromString(html, 'text/html');
      const bars = page.querySelectorAll('[aria-level] .bar');
      for (const [index, row] of rowsIn(block.element).entries()) row.querySelector('.bar').replaceWith(bars[index]);
    }),
  );
}

show();
for (const block of blocks) near.observe(block.element);
