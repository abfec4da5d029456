import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts, type System } from '@hotel/system';

const ROOT = join(import.meta.dirname, '../..');
const execute = promisify(execFile);

/** The commands on the pages need bash and curl. */
export const canRunPages = spawnSync('bash', ['-c', 'command -v curl'], { stdio: 'ignore' }).status === 0;

/** Runs the commands of a page, on free ports and with a data folder of its own. */
export interface PageShell extends AsyncDisposable {
  /**
   * Runs a block of commands and returns their output. `pnpm dev` keeps running until the next `pnpm dev`.
   */
  run(commands: string): Promise<string>;
}

export async function startPageShell(system: System): Promise<PageShell> {
  const dataDir = await mkdtemp(join(tmpdir(), `${system.name}-page-`));
  const standard = system.processes.flatMap(({ ports }) => Object.entries(ports));
  const free = await freePorts(standard.length);
  const ports = new Map(standard.map(([, port], index) => [port, free[index] ?? 0]));
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    HOTEL_DATA_DIR: dataDir,
    ...Object.fromEntries(standard.map(([name], index) => [name, String(free[index])])),
  };
  let dev: ChildProcess | undefined;

  async function stopDev(): Promise<void> {
    const running = dev;
    dev = undefined;
    if (!running || running.exitCode !== null) return;
    const gone = new Promise((resolve) => running.once('close', resolve));
    running.kill('SIGINT');
    await gone;
  }

  /** `command | tee FILE` also writes the output to the file. */
  async function startDev(commandLine: string): Promise<string> {
    await stopDev();
    const [command = '', file] = commandLine.split(' | tee ');
    const log = file === undefined ? undefined : createWriteStream(file);
    // `env` handles leading settings as a shell would, and execs the command, so that it can be signalled.
    const child = spawn('env', [...command.split(/\s+/), '--no-watch'], { cwd: ROOT, env });
    dev = child;
    let text = '';
    return new Promise((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (data) => {
          text += data;
          log?.write(data);
          if (/^ready/m.test(text)) resolve(text);
        });
      child.once('close', (code) => reject(new Error(`\`${command}\` ended with ${code}:\n${text}`)));
    });
  }

  return {
    async run(commands) {
      const command = commands
        .replace(/localhost:(\d+)/g, (all, port) =>
          ports.has(Number(port)) ? `localhost:${ports.get(Number(port))}` : all,
        )
        .replace(/npx -y pnpm@12 (--filter (\w+) )?([\w:]+)/g, (_, __, folder: string | undefined, name: string) =>
          script(name, folder),
        )
        .replaceAll('.hotel/', `${dataDir}/`)
        .trim();
      if (/dev\/src\/dev\.ts(?! (stop|start) )/.test(command)) return startDev(command);
      const { stdout } = await execute('bash', ['-c', command], { cwd: ROOT, env });
      return stdout;
    },
    async [Symbol.asyncDispose]() {
      await stopDev();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The command of a workspace script, run with this Node. */
function script(name: string, folder = ''): string {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
  const command: string | undefined = scripts?.[name];
  if (!command) throw new Error(`there is no script ${name} in ${folder || 'the root'}`);
  return command.replace(/^node /, `${process.execPath} ${folder && `${folder}/`}`);
}
