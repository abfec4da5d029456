// Offers spans and log lines that arrive while a trace is open, rather than reloading. Shows a missing trace once it arrives.
const PERIOD_MS = 2000;
const watched = document.querySelector('[data-watch]');
const offer = Object.assign(document.createElement('button'), { className: 'more', hidden: true, type: 'button' });
offer.addEventListener('click', () => location.reload());
document.querySelector('main').append(offer);

const offerOf = (count, what) =>
  count === 1 ? `One more ${what} has arrived: show it` : `${count} more ${what}s have arrived: show them`;

setInterval(async () => {
  if (document.hidden) return;
  const { watch, spans, logs } = watched.dataset;
  const response = await fetch(`/trace/${watch}/state`).catch(() => undefined);
  // The viewer may restart during development: keep the current view and retry.
  if (!response?.ok) return;
  const now = await response.json();
  const [more, lines] = [now.spans - Number(spans), now.logs - Number(logs)];
  if (more > 0 && spans === '0') location.reload();
  offer.hidden = more <= 0 && lines <= 0;
  if (more > 0) offer.textContent = offerOf(more, 'span');
  else offer.textContent = offerOf(lines, 'log line');
}, PERIOD_MS);
