/**
 * Preloaded into a service by the mutation tests: changes the text of source files while they are loaded, as
 * `HOTEL_TEST_CUTS` says, so that nothing on the disk has to be changed. A cut that finds nothing to cut ends the process: the
 * code has moved on, and the table has to follow.
 */
import { registerHooks } from 'node:module';
import type { Cut } from './table.ts';

const cuts = JSON.parse(process.env.HOTEL_TEST_CUTS ?? '[]') as Cut[];

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const here = cuts.filter(({ file }) => url.endsWith(`/${file}`));
    if (here.length === 0) return loaded;
    let source = String(loaded.source);
    for (const { file, find, replace } of here) {
      if (!source.includes(find)) throw new Error(`${file} has no longer what is to be cut: ${find}`);
      source = source.replace(find, replace);
    }
    return { ...loaded, source };
  },
});
