import { html } from 'hono/html';
import { type Attributes, toText } from '../model.ts';
import { formatCount, shorten, wrapAtDots } from './format.ts';
import type { Html } from './layout.ts';

/** Longer values are truncated on the page; the raw JSON contains them in full. */
const MAX_VALUE = 10_000;

export function table({ keys, values }: Attributes, droppedCount: number, none = 'none'): Html {
  if (keys.length === 0 && droppedCount === 0) return html`${none === '' ? '' : html`<p class="dim">${none}</p>`}`;
  const order = keys.map((_key, index) => index).sort((a, b) => ((keys[a] ?? '') < (keys[b] ?? '') ? -1 : 1));
  return html`<table class="plain">${order
    .slice(0, 500)
    .map(
      (index) =>
        html`<tr><th scope="row">${wrapAtDots(shorten(keys[index] ?? '', 200))}</th><td>${value(toText(values[index] ?? {}))}</td></tr>`,
    )}</table>${dropped(keys.length - 500, 'more attribute')}${dropped(droppedCount, 'attribute', 'dropped by the sender')}`;
}

export const value = (text: string): Html =>
  html`${shorten(text, MAX_VALUE)}${text.length > MAX_VALUE ? html` <span class="dim">${formatCount(text.length - MAX_VALUE, 'more character')}, see the raw JSON</span>` : ''}`;

export const dropped = (count: number, what: string, why = ''): Html | '' =>
  count > 0 ? html`<p class="warn">${formatCount(count, what)} ${why}</p>` : '';
