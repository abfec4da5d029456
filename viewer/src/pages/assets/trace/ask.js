// Fetches parts of the trace from the server, in the state shown on this page.

const table = document.querySelector('.waterfall');
const { version } = JSON.parse(document.getElementById('outline').textContent);

/**
 * The text of the response. If the trace has changed or was dropped since the page was served, the page is reloaded.
 */
export async function ask(part, params = {}) {
  const query = new URLSearchParams(location.search);
  // Search results are marked on the client.
  query.delete('uiFind');
  query.set('version', version);
  for (const [name, value] of Object.entries(params)) query.set(name, value);
  const response = await fetch(`/trace/${table.dataset.trace}/${part}?${query}`);
  if (response.status === 409 || response.status === 404) location.reload();
  if (!response.ok) throw new Error(`${part}: ${await response.text()}`);
  return response.text();
}

/** Updates the URL to match the view, so that it can be reloaded or shared. */
export function remember(name, value) {
  const query = new URLSearchParams(location.search);
  if (value) query.set(name, value);
  else query.delete(name);
  history.replaceState(null, '', query.size > 0 ? `?${query}` : location.pathname);
}
