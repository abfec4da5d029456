export type { Answer, Call } from './exchange.ts';
export { tracedFetch } from './traced-fetch.ts';
