/** Shows controls that need scripts. */
export function enableScripted(root) {
  for (const element of root.querySelectorAll('.scripted')) element.hidden = false;
}
enableScripted(document);

/** Whether a key is meant for the page, not for a field or for the browser. */
export const isForPage = (event) =>
  !event.ctrlKey &&
  !event.metaKey &&
  !event.altKey &&
  !event.defaultPrevented &&
  !event.target.closest('input, select, textarea, dialog');

const help = document.getElementById('keys');
document.getElementById('help')?.addEventListener('click', () => help.showModal());
document.addEventListener('keydown', (event) => {
  if (event.key !== '?' || !isForPage(event)) return;
  event.preventDefault();
  help.showModal();
});

// The clipboard is available only over HTTPS or on localhost; elsewhere the text is selected instead.
document.addEventListener('click', async (event) => {
  const button = event.target.closest('.copy');
  if (!button) return;
  const text = button.previousElementSibling;
  const copied = await navigator.clipboard?.writeText(text.textContent).then(
    () => true,
    () => false,
  );
  if (!copied) getSelection().selectAllChildren(text);
  button.textContent = copied ? 'Copied' : 'Selected';
  setTimeout(() => {
    button.textContent = 'Copy';
  }, 1500);
});

// A menu closes on a click elsewhere.
document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('.menu[open]')) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener('keydown', (event) => {
  const menu = event.target.closest('.menu[open]');
  if (event.key !== 'Escape' || !menu) return;
  menu.open = false;
  menu.querySelector('summary').focus();
});

// Files dropped anywhere on a page are imported.
document.addEventListener('dragover', (event) => {
  if (event.dataTransfer.types.includes('Files')) event.preventDefault();
});
document.addEventListener('drop', (event) => {
  const { files } = event.dataTransfer;
  // A file field handles a drop itself.
  if (files.length === 0 || event.target.closest('input[type=file]')) return;
  event.preventDefault();
  const form = Object.assign(document.createElement('form'), { action: '/import', method: 'post', hidden: true });
  form.enctype = 'multipart/form-data';
  const input = Object.assign(document.createElement('input'), { type: 'file', name: 'file', multiple: true, files });
  form.append(input);
  document.body.append(form);
  form.submit();
});
