import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { CommandError } from '@hotel/cli';

/** Problem with a file, by error code. */
const FILE_PROBLEMS: Record<string, string> = {
  EACCES: 'it belongs to another user',
  EPERM: 'it belongs to another user',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a file is where a folder should be',
  EEXIST: 'a file is where a folder should be',
};

/** What to do, by the message of a failed start. */
const ADVICE: Array<[RegExp, string]> = [
  [
    /a newer version wrote it|Can't handle RDB format version/,
    'A newer version wrote the data. Run that version, or delete the data with --fresh.',
  ],
  [/disk is full|ENOSPC|No space left/i, 'Free some disk space, or set HOTEL_DATA_DIR to a folder on another disk.'],
  [
    /readonly database|unable to open database file|EACCES|Permission denied/i,
    'Some of the data belongs to another user, perhaps because of a run as root. Check with: ls -la {folder}',
  ],
];

/** Turns an error that the user can fix into a message with advice, without a stack. Returns other errors unchanged. */
export function explain(error: unknown, dataDir: string): unknown {
  if (error instanceof CommandError) {
    const advice = ADVICE.find(([pattern]) => pattern.test(error.message))?.[1];
    return advice ? new CommandError(`${error.message}\n${advice.replace('{folder}', dataDir)}`) : error;
  }
  const { code = '', path, syscall } = error as NodeJS.ErrnoException;
  const problem = FILE_PROBLEMS[code];
  if (problem === undefined) return error;
  const isOwners = /^E(ACCES|PERM)$/.test(code);
  const culprit = isOwners ? deepestExisting(path ?? dataDir) : (path ?? dataDir);
  const owner = isOwners
    ? `Change its owner (sudo chown -R ${process.getuid?.() ?? 'you'} ${culprit}), or`
    : 'Fix this, or';
  return new CommandError(
    `${culprit} cannot be used (${syscall ?? 'write'}: ${code}): ${problem}.\n${owner} set HOTEL_DATA_DIR to a writable folder.`,
  );
}

/** The deepest existing file or folder on `path`. */
function deepestExisting(path: string): string {
  for (let at = path; ; at = dirname(at)) {
    if (existsSync(at) || at === dirname(at)) return at;
  }
}
