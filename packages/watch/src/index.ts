export { type Change, watchSources } from './watch-sources.ts';
