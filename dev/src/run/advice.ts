import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { CommandError } from '@hotel/cli';

/** What went wrong with a file, by the code of the system. */
const FILE_PROBLEMS: Record<string, string> = {
  EACCES: 'it belongs to another user',
  EPERM: 'it belongs to another user',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a file is where a folder should be',
  EEXIST: 'a file is where a folder should be',
};

/** What to do, by what a failed start says. */
const ADVICE: Array<[RegExp, string]> = [
  [
    /written by a newer version|Can't handle RDB format version/,
    'The data is of a newer version. Run that version, or start without its data: add --fresh.',
  ],
  [
    /disk is full|ENOSPC|No space left/i,
    'Free some space on the disk, or set HOTEL_DATA_DIR to a folder on another one.',
  ],
  [
    /readonly database|unable to open database file|EACCES|Permission denied/i,
    'Part of the data belongs to another user, perhaps from a run as root. See who: ls -la DATA_DIR',
  ],
];

/** A failed start in sentences: what a person can mend gets no stack, and says what to do. */
export function explain(error: unknown, dataDir: string): unknown {
  if (error instanceof CommandError) {
    const advice = ADVICE.find(([pattern]) => pattern.test(error.message))?.[1];
    return advice ? new CommandError(`${error.message}\n${advice.replace('DATA_DIR', dataDir)}`) : error;
  }
  const { code = '', path, syscall } = error as NodeJS.ErrnoException;
  const problem = FILE_PROBLEMS[code];
  if (problem === undefined) return error;
  const isOwners = /^E(ACCES|PERM)$/.test(code);
  const culprit = isOwners ? foreignFolder(path ?? dataDir) : (path ?? dataDir);
  const owner = isOwners
    ? `Give it back to this user (sudo chown -R ${process.getuid?.() ?? 'you'} ${culprit}), or`
    : 'Mend that, or';
  return new CommandError(
    `${culprit} cannot be used (${syscall ?? 'write'}: ${code}): ${problem}.\n${owner} set HOTEL_DATA_DIR to a folder that can be written.`,
  );
}

/** The file or folder on the way to `path` that belongs to another user: the deepest that there is. */
function foreignFolder(path: string): string {
  for (let at = path; ; at = dirname(at)) {
    if (existsSync(at) || at === dirname(at)) return at;
  }
}
