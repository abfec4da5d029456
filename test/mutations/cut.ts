/**
 * Preloaded into a service by the mutation tests: applies the cuts in `HOTEL_TEST_CUTS` to source files at load time, without
 * changing them on disk. A cut whose text is missing ends the process: the code has changed, and the table must follow.
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
      if (!source.includes(find)) throw new Error(`${file} no longer contains the text to cut: ${find}`);
      source = source.replace(find, replace);
    }
    return { ...loaded, source };
  },
});
