// Draws the charts again as metrics arrive.
const PERIOD_MS = 5000;

setInterval(async () => {
  const charts = document.getElementById('charts');
  // Nothing moves under the keyboard, the pointer on a dot, or a selection.
  const busy = charts.contains(document.activeElement) || charts.querySelector('a:hover') || String(getSelection());
  if (document.hidden || busy) return;
  // The viewer may restart during development: keep the charts and retry.
  const response = await fetch(location.href).catch(() => undefined);
  if (!response?.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  charts.replaceChildren(...page.getElementById('charts').childNodes);
}, PERIOD_MS);
