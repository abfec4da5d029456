import { chown } from 'node:fs/promises';
import { run, which } from '../commands.ts';
import { SystemError } from '../error.ts';

/** Who runs PostgreSQL. */
export interface Account {
  /** Precedes every command of the server. */
  prefix: readonly string[];
  /** Gives it a folder. */
  own(folder: string): Promise<void>;
}

/**
 * The current user; for root, which PostgreSQL refuses, `nobody`: initdb requires an account with a name. `nobody` keeps
 * root's access to files, because a clone in /root would be unreachable otherwise.
 * @throws SystemError when root cannot change to `nobody`
 */
export async function serverAccount(searchPath: string): Promise<Account> {
  if (process.getuid?.() !== 0) return { prefix: [], own: async () => {} };
  const setpriv = which('setpriv', searchPath);
  const ids = await Promise.all(
    ['-u', '-g'].map((which) => run('id', [which, 'nobody'], { env: { PATH: searchPath } })),
  );
  const [uid, gid] = ids.map(({ ok, stdout }) => (ok ? Number(stdout) : undefined));
  if (!setpriv || uid === undefined || gid === undefined) {
    throw new SystemError(
      'PostgreSQL refuses to run as root, and this system has no setpriv (util-linux) or no user nobody to run it otherwise. Use an ordinary user.',
    );
  }
  return {
    prefix: [
      ...[setpriv, `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'],
      ...['--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--securebits=+no_setuid_fixup', '--'],
    ],
    own: (folder) => chown(folder, uid, gid),
  };
}
