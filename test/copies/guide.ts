import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A block of a guide that changes a file. */
export interface Edit {
  file: string;
  how: { new: true } | { end: true } | { relation: 'after' | 'before' | 'instead of'; line: string };
  text: string;
}

const BLOCK = /<!-- (?<file>\S+), (?<how>.+?) -->\n```\w*\n(?<text>[\s\S]*?)```/g;

/**
 * The edits of a guide, in its order: a comment above a block says which file it belongs to (`src/a.ts, after: const x`). `new` is the
 * whole file, `at the end` is added to it; otherwise the first line that contains the text is meant.
 */
export function readEdits(guide: string): Edit[] {
  return [...readFileSync(guide, 'utf8').matchAll(BLOCK)].map(({ groups = {} }) => {
    const { file = '', how = '', text = '' } = groups;
    if (how === 'new') return { file, how: { new: true }, text };
    if (how === 'at the end') return { file, how: { end: true }, text };
    const [, relation, line] = /^(after|before|instead of): (.+)$/.exec(how) ?? [];
    if (!relation || !line) throw new Error(`${guide} has a block for ${file} with the unknown place "${how}"`);
    return { file, how: { relation: relation as 'after', line }, text };
  });
}

/** Applies a block to a copy of the repository. @throws Error if its file has no such line */
export async function apply({ file, how, text }: Edit, root: string): Promise<void> {
  const path = join(root, file);
  if ('new' in how) return writeFile(path, text, { flag: 'wx' });
  const before = await readFile(path, 'utf8');
  if ('end' in how) return writeFile(path, before + text);
  const lines = before.split('\n');
  const at = lines.findIndex((line) => line.includes(how.line));
  if (at < 0) throw new Error(`${file} has no line with "${how.line}"`);
  const added = text.replace(/\n$/, '');
  const [from, removed] = { after: [at + 1, 0], before: [at, 0], 'instead of': [at, 1] }[how.relation] as [
    number,
    number,
  ];
  lines.splice(from, removed, added);
  return writeFile(path, lines.join('\n'));
}
