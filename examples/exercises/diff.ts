/** The changes of one file on a page. */
export interface FileDiff {
  /** Relative to the example's folder. */
  file: string;
  isNew: boolean;
  hunks: Hunk[];
}

interface Hunk {
  /** Unchanged and removed lines. */
  before: string[];
  /** Unchanged and added lines. */
  after: string[];
  added: number;
  removed: number;
}

const BLOCK = /```diff\n(?<text>[\s\S]*?)```/g;

/**
 * Reads the `diff` blocks of a page, in the unified format. A hunk starts with `@@`; line numbers may be left out,
 * because a hunk is located by its lines.
 */
export function readDiffs(page: string): FileDiff[] {
  const diffs: FileDiff[] = [];
  for (const { groups = {} } of page.matchAll(BLOCK)) {
    let isNew = false;
    for (const line of (groups.text ?? '').replace(/\n$/, '').split('\n')) {
      const diff = diffs.at(-1);
      const hunk = diff?.hunks.at(-1);
      if (line.startsWith('--- ')) isNew = line === '--- /dev/null';
      else if (line.startsWith('+++ ')) diffs.push({ file: line.slice('+++ '.length), isNew, hunks: [] });
      else if (line.startsWith('@@')) diff?.hunks.push({ before: [], after: [], added: 0, removed: 0 });
      else if (!hunk) throw new Error(`this line of a diff is in no hunk: ${line}`);
      else {
        if (!line.startsWith('+')) hunk.before.push(line.slice(1));
        if (!line.startsWith('-')) hunk.after.push(line.slice(1));
        if (line.startsWith('+')) hunk.added += 1;
        if (line.startsWith('-')) hunk.removed += 1;
      }
    }
  }
  return diffs;
}

/**
 * Applies the changes of a file to its text.
 * @throws Error if the lines that a hunk replaces do not occur exactly once in the text
 */
export function applyDiff(text: string, { file, isNew, hunks }: FileDiff): string {
  if (isNew) return hunks.map(({ after }) => `${after.join('\n')}\n`).join('');
  return hunks.reduce((current, { before, after }) => {
    // Whole lines: each has a line break before and after it.
    const parts = `\n${current}`.split(`\n${before.join('\n')}\n`);
    if (parts.length === 2) return parts.join(`\n${after.join('\n')}\n`).slice(1);
    const where = `${parts.length - 1} times in ${file}, but must occur once`;
    throw new Error(`these lines of a diff occur ${where}:\n${before.join('\n')}`);
  }, text);
}
