import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect } from 'vitest';

export const ROOT = join(import.meta.dirname, '../..');
const PICTURE = join(ROOT, 'docs/trace.png');

/** Every script of the workspace that a person may run, with the folder it runs in. */
const scripts = ['', 'examples'].flatMap((folder) => {
  const manifest = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as {
    scripts?: Record<string, string>;
  };
  return Object.entries(manifest.scripts ?? {}).map(([name, command]) => ({ name, command, folder }));
});
/** The others belong to tools with their own help. */
export const ours = scripts.filter(({ command }) => command.startsWith('node '));
/** One script of each tool. A script of several commands passes its arguments to the last one only. */
const single = scripts.filter((script) => !ours.includes(script) && !script.command.includes('&&'));
export const tools = [...Map.groupBy(single, ({ command }) => command.split(' ')[0]).values()].flatMap(
  ([first]) => first ?? [],
);

interface Ended {
  code: number;
  out: string;
  err: string;
}

export type Script = (typeof scripts)[number];

/** As pnpm runs it: arguments are put at the end. */
export function run({ command, folder }: Script, args: string): Promise<Ended> {
  const env = { ...process.env, PATH: [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter) };
  return new Promise((resolve) => {
    // A command without --help would run.
    const options = { cwd: join(ROOT, folder), env, timeout: 50_000 };
    execFile('sh', ['-c', `exec ${command} ${args}`], options, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

export async function insistOnHelp(script: Script, args: string): Promise<void> {
  const before = statSync(PICTURE).mtimeMs;
  const { code, out, err } = await run(script, args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(new RegExp(`^Usage: npx -y pnpm@12 (--filter \\w+ )?${script.name}\\b`));
  expect(out.split('\n').filter((line) => line.length > 130)).toEqual([]);
  expect(statSync(PICTURE).mtimeMs).toBe(before);
}
