import { expect, it } from 'vitest';
import { applyDiff, type FileDiff, readDiffs } from './diff.ts';

const PAGE = `
# An exercise

\`\`\`diff
--- src/a.ts
+++ src/a.ts
@@
 one
-two
+zwei
 three
@@
 five
+six
--- /dev/null
+++ src/b.ts
@@
+new
+
+file
\`\`\`

\`\`\`
not a diff
\`\`\`

\`\`\`diff
--- src/c.ts
+++ src/c.ts
@@ -1,2 +1,1 @@
-gone
 kept
\`\`\`
`;
const [a, b, c] = readDiffs(PAGE) as [FileDiff, FileDiff, FileDiff];

it('applies every hunk of a page to its file', () => {
  expect(readDiffs(PAGE).map(({ file, isNew }) => [file, isNew])).toEqual([
    ['src/a.ts', false],
    ['src/b.ts', true],
    ['src/c.ts', false],
  ]);
  expect(applyDiff('zero\none\ntwo\nthree\nfour\nfive\n', a)).toBe('zero\none\nzwei\nthree\nfour\nfive\nsix\n');
  expect(applyDiff('', b)).toBe('new\n\nfile\n');
  expect(applyDiff('gone\nkept\n', c)).toBe('kept\n');
});

it.each([
  ['are missing', 'gone\n', /0 times in src\/c\.ts/],
  ['are part of other lines only', 'gone\nkept too\n', /0 times/],
  ['are there twice', 'gone\nkept\n\ngone\nkept\n', /2 times/],
])('reports lines of a diff that %s', (_, text, message) => {
  expect(() => applyDiff(text, c)).toThrow(message);
});
