// The width of the name column: dragged, or set with the arrow keys.
import { table } from './rows.js';

const handle = document.getElementById('width');
const MIN = Number(handle.getAttribute('aria-valuemin'));
const MAX = Number(handle.getAttribute('aria-valuemax'));
const STEP = 2;
const KEPT = 'name-column';

function setWidth(percent) {
  const width = Math.round(Math.min(MAX, Math.max(MIN, percent)));
  table.parentElement.style.setProperty('--name', `${width}%`);
  handle.setAttribute('aria-valuenow', String(width));
  localStorage.setItem(KEPT, String(width));
}

handle.hidden = false;
const kept = Number(localStorage.getItem(KEPT));
if (kept > 0) setWidth(kept);

handle.addEventListener('pointerdown', (event) => {
  event.preventDefault();
  handle.setPointerCapture(event.pointerId);
  const { left, width } = table.getBoundingClientRect();
  const follow = ({ clientX }) => setWidth(((clientX - left) / width) * 100);
  handle.addEventListener('pointermove', follow);
  handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', follow), {
    once: true,
  });
});

handle.addEventListener('keydown', (event) => {
  const by = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  setWidth(Number(handle.getAttribute('aria-valuenow')) + by);
});
