import { html } from 'hono/html';
import type { Html } from '../layout.ts';

/** Arrowhead of an edge, referenced as `url(#arrow)`. */
export const ARROW: Html = html`<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="10" markerHeight="10" orient="auto-start-reverse"><path class="tip" d="M0,0 L8,4 L0,8 z"/></marker></defs>`;
