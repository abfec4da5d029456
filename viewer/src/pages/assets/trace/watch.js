// Offers spans that arrive while a trace is open, rather than reloading. Shows a missing trace once it arrives.
const PERIOD_MS = 2000;
const watched = document.querySelector('[data-watch]');
const offer = Object.assign(document.createElement('button'), { className: 'more', hidden: true, type: 'button' });
offer.addEventListener('click', () => location.reload());
document.querySelector('main').append(offer);

setInterval(async () => {
  if (document.hidden) return;
  const { watch, spans } = watched.dataset;
  const response = await fetch(`/trace/${watch}/state`).catch(() => undefined);
  // The viewer may restart during development: keep the current view and retry.
  if (!response?.ok) return;
  const more = (await response.json()).spans - Number(spans);
  if (more > 0 && spans === '0') location.reload();
  offer.hidden = more <= 0;
  offer.textContent = more === 1 ? 'One more span has arrived: show it' : `${more} more spans have arrived: show them`;
}, PERIOD_MS);
