import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Output, run } from '../commands.ts';

/** The distribution's package tools, used without root: they download and unpack, and install nothing. */
export type Apt = ReturnType<typeof createApt>;

/** `debs` receives the downloads and `lists` the private package lists. Both folders belong to this call alone. */
export function createApt(debs: string, lists: string, searchPath: string, signal: AbortSignal | undefined) {
  const env = { ...(process.env as Record<string, string>), PATH: searchPath, LC_ALL: 'C' };
  const bounded = ['-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=20', '-o', 'Acquire::https::Timeout=20'];
  let privateLists: string[] = [];
  const call = (command: string, args: readonly string[]) => run(command, args, { cwd: debs, env, signal });

  /** Names of the libraries that `apt-cache depends` prints for `names`. */
  async function libraries(names: readonly string[], ...options: string[]): Promise<string[]> {
    const without = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map((w) => `--no-${w}`);
    const { stdout } = await call('apt-cache', [...privateLists, 'depends', ...options, ...without, ...names]);
    return [...new Set([...stdout.matchAll(/^(?:.*Depends: )?(lib\S+)$/gm)].map((match) => match[1] as string))];
  }

  return {
    download: (names: readonly string[]) => call('apt-get', [...bounded, ...privateLists, 'download', ...names]),
    /** The libraries that `names` need, directly and transitively, and that are not installed. */
    async missingLibraries(names: readonly string[]): Promise<string[]> {
      const direct = await libraries(names);
      const all = direct.length > 0 ? await libraries(direct, '--recurse') : [];
      const { stdout } = await call('dpkg-query', ['--show', '--showformat', '${db:Status-Abbrev} ${Package}\\n']);
      const installed = new Set([...stdout.matchAll(/^ii +(\S+)/gm)].map((match) => match[1]));
      return all.filter((name) => !installed.has(name));
    },
    /** Downloads private package lists, for a system without current ones. */
    async update(): Promise<Output> {
      const at = (name: string) => join(lists, name);
      await mkdir(at('lists/partial'), { recursive: true });
      await mkdir(at('cache/archives/partial'), { recursive: true });
      privateLists = ['-o', `Dir::State::lists=${at('lists')}`, '-o', `Dir::Cache=${at('cache')}`];
      return call('apt-get', [...bounded, ...privateLists, 'update']);
    },
    /** Unpacks what was downloaded. */
    async unpack(root: string): Promise<void> {
      for (const file of (await readdir(debs)).filter((name) => name.endsWith('.deb'))) {
        const { ok, text } = await call('dpkg', ['-x', join(debs, file), root]);
        if (!ok) throw new Error(`dpkg could not unpack ${file}: ${text}`);
        await rm(join(debs, file));
      }
    },
  };
}
