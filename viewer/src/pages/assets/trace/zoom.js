// Zooms into a time range: by dragging over the overview or the time scale, or by keys.
import { ask, remember } from './ask.js';
import { redraw, table } from './rows.js';

const map = document.getElementById('minimap');
const [before, after] = map.querySelectorAll('.shade');
const whole = Number(map.dataset.nanos);
const [low, high] = (new URLSearchParams(location.search).get('zoom') ?? `0-${whole}`).split('-').map(Number);
let shown = { from: Math.min(low, whole) || 0, to: Math.min(high, whole) || whole };
/** The resolution of most clocks. */
const LEAST_NANOS = Math.min(1000, whole);
/** A drag shorter than this is a click. */
const LEAST_PIXELS = 4;

const share = (nanos) => `${(nanos / whole) * 100}%`;

function shade({ from, to }) {
  before.setAttribute('width', share(from));
  after.setAttribute('x', share(to));
  after.setAttribute('width', share(whole - to));
}

async function zoomTo(from, to) {
  const width = Math.min(whole, Math.max(LEAST_NANOS, to - from));
  const start = Math.round(Math.min(Math.max(0, from), whole - width));
  shown = { from: start, to: Math.round(start + width) };
  shade(shown);
  remember('zoom', width < whole ? `${shown.from}-${shown.to}` : '');
  const [html] = await Promise.all([ask('ruler'), redraw()]);
  const page = new DOMParser().parseFromString(html, 'text/html');
  table.querySelector('.ruler .bar').replaceWith(page.querySelector('.bar'));
}

/** Zooms around the centre of the view. */
function scale(factor) {
  const middle = (shown.from + shown.to) / 2;
  const half = ((shown.to - shown.from) / 2) * factor;
  return zoomTo(middle - half, middle + half);
}

const move = (share) =>
  zoomTo(shown.from + (shown.to - shown.from) * share, shown.to + (shown.to - shown.from) * share);

/** Selects a range by dragging. `range` is the period that the element represents. */
function drag(element, range) {
  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || event.target.closest('#width')) return;
    event.preventDefault();
    const { from, to } = range();
    const box = element.getBoundingClientRect();
    const at = ({ clientX }) =>
      from + (to - from) * Math.min(1, Math.max(0, (clientX - box.left) / Math.max(1, box.width)));
    const stretch = (other) => [at(event), at(other)].sort((a, b) => a - b);
    const follow = (other) => {
      const [first, last] = stretch(other);
      shade({ from: first, to: last });
    };
    const end = (other) => {
      element.removeEventListener('pointermove', follow);
      if (other.type === 'pointerup' && Math.abs(other.clientX - event.clientX) >= LEAST_PIXELS)
        zoomTo(...stretch(other));
      else shade(shown);
    };
    element.setPointerCapture(event.pointerId);
    element.addEventListener('pointermove', follow);
    element.addEventListener('pointerup', end, { once: true });
    element.addEventListener('pointercancel', end, { once: true });
  });
  element.addEventListener('dblclick', () => zoomTo(0, whole));
}

drag(map, () => ({ from: 0, to: whole }));
drag(table.querySelector('.ticks'), () => shown);

export const zoomKeys = {
  '+': () => scale(0.5),
  '=': () => scale(0.5),
  '-': () => scale(2),
  0: () => zoomTo(0, whole),
  '[': () => move(-0.5),
  ']': () => move(0.5),
};

document.getElementById('zoom-in').addEventListener('click', zoomKeys['+']);
document.getElementById('zoom-out').addEventListener('click', zoomKeys['-']);
document.getElementById('zoom-reset').addEventListener('click', zoomKeys[0]);

/** `FROM-TO` in nanoseconds, as in the link of a span. */
export const zoomToText = (text) => zoomTo(...text.split('-').map(Number));
