import { find } from './dom.ts';

let current: string | undefined;

/** The token for the API, if this hotel needs one. It is in memory only: nothing stores it. */
export function token(): string | undefined {
  return current;
}

/** Whether the page was loaded from a hotel that needs a token. */
export function hasTokenForm(): boolean {
  return document.querySelector('#token') !== null;
}

/** Lets a person enter the token. Resolves when there is one to try. */
export async function askForToken(): Promise<void> {
  const form = find<HTMLFormElement>('#token');
  form.hidden = false;
  const field = find<HTMLInputElement>('input', form);
  field.focus();
  await new Promise<void>((resolve) => {
    form.addEventListener(
      'submit',
      (event) => {
        event.preventDefault();
        resolve();
      },
      { once: true },
    );
  });
  current = field.value.trim();
  field.value = '';
  form.hidden = true;
}
