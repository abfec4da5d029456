/** Sends the request described by the form to the origin of the page. */
async function send(form) {
  const { method, path, type } = form.dataset;
  const query = new URLSearchParams();
  const headers = {};
  let target = path;
  for (const input of form.querySelectorAll('input')) {
    const { name, value } = input;
    if (value === '') continue;
    if (input.dataset.in === 'path') target = target.replace(`{${name}}`, encodeURIComponent(value));
    if (input.dataset.in === 'query') query.append(name, value);
    if (input.dataset.in === 'header') headers[name] = value;
  }
  const token = document.getElementById('token')?.value.trim();
  if (token) headers.authorization = `Bearer ${token}`;
  const init = { method, headers };
  const body = form.querySelector('textarea');
  if (body) {
    headers['content-type'] = type;
    init.body = body.value;
  }
  const url = query.size > 0 ? `${target}?${query}` : target;
  const response = await fetch(url, init);
  return { line: `${method} ${url}`, response, text: await response.text() };
}

/** A link to the trace, or only its id if no trace UI is configured. */
function linkTo(traceId) {
  const { traces } = document.body.dataset;
  if (!traces) return element('code', traceId);
  const link = element('a', traceId);
  link.href = `${traces}/trace/${traceId}`;
  link.target = '_blank';
  link.rel = 'noopener';
  return link;
}

/** Creates an element; strings become text nodes. */
function element(name, ...content) {
  const made = document.createElement(name);
  made.append(...content);
  return made;
}

function show({ line, response, text }) {
  const parts = [element('h3', `${response.status} ${response.statusText}`), element('p', element('code', line))];
  const traceId = response.headers.get('traceresponse')?.split('-')[1];
  if (traceId) parts.push(element('p', 'trace ', linkTo(traceId)));
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
  if (text) parts.push(scrollable('body of the response', pretty(text)));
  const rest = element('details', element('summary', 'headers'), scrollable('headers of the response', headers));
  return [...parts, rest];
}

/** Text that is scrollable by keyboard. */
function scrollable(label, text) {
  const pre = element('pre', text);
  pre.tabIndex = 0;
  pre.setAttribute('role', 'group');
  pre.setAttribute('aria-label', label);
  return pre;
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

document.addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = event.target;
  const output = form.querySelector('output');
  const button = form.querySelector('button');
  button.disabled = true;
  try {
    output.replaceChildren(...show(await send(form)));
  } catch (error) {
    output.replaceChildren(element('h3', 'No response'), element('p', String(error)));
  }
  output.hidden = false;
  button.disabled = false;
});

/** A link to `#createBooking` opens that operation. */
function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) target.open = true;
}
addEventListener('hashchange', openTarget);
openTarget();
