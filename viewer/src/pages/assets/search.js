// New traces appear by themselves: asks every two seconds, gets nothing while nothing is new.
const PERIOD_MS = 2000;
const results = document.getElementById('results');
const live = results?.dataset.live;
let version = results?.dataset.version;

async function renew() {
  const url = `${live}${live.includes('?') ? '&' : '?'}since=${version}`;
  const response = await fetch(url).catch(() => undefined);
  // The viewer restarts under a watching developer: keep what is shown and ask again.
  if (response?.status !== 200) return;
  version = response.headers.get('x-store-version');
  const known = new Set([...results.querySelectorAll('[data-id]')].map((item) => item.dataset.id));
  const focused = document.activeElement?.closest('#results a')?.getAttribute('href');
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  for (const item of page.querySelectorAll('[data-id]')) {
    if (known.size > 0 && !known.has(item.dataset.id)) item.classList.add('new');
  }
  results.replaceChildren(...page.body.childNodes);
  if (focused) results.querySelector(`.traces a[href="${focused}"]`)?.focus();
}

if (live !== undefined) {
  let running = false;
  setInterval(async () => {
    // Nobody selects text in, or reads, what changes under the hand.
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

// j and k walk the results, as in the trace.
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea')) return;
  const links = [...document.querySelectorAll('.traces a')];
  const at = links.indexOf(document.activeElement);
  if (event.key === 'j') links[Math.min(at + 1, links.length - 1)]?.focus();
  else if (event.key === 'k') links[Math.max(at - 1, 0)]?.focus();
  else if (event.key === '/') document.querySelector('.fields [name=operation]')?.focus();
  else return;
  event.preventDefault();
});
