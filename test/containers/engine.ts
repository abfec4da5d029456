import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run, succeeds } from './commands.ts';
import { FOLDER_PREFIX, removeEngineFolder, removeLeftovers } from './leftovers.ts';

/** Debian's client: a newer one elsewhere on PATH may lack the builder. */
const CLIENT = '/usr/bin/docker';
const START_MS = 30_000;

export interface Engine extends AsyncDisposable {
  /** A folder for this run's files, deleted with the engine. */
  readonly folder: string;
  docker(args: readonly string[], env?: Record<string, string>): Promise<string>;
}

/** Why no engine can be started here; undefined when it can. */
export async function whyNoEngine(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it needs root on Linux';
  for (const command of ['/usr/sbin/dockerd', CLIENT, '/usr/sbin/debootstrap', '/usr/bin/setpriv']) {
    if (!(await succeeds('test', ['-x', command])))
      return `it needs ${command} (apt-get install docker.io debootstrap)`;
  }
  return undefined;
}

/**
 * A private Docker daemon with its own socket and data. It touches no bridge or firewall rule of the machine: containers reach each
 * other, and the machine reaches them, but nothing reaches the internet. It stops with this process, even after a crash;
 * the next run removes its leftovers.
 */
export async function startEngine(): Promise<Engine> {
  await removeLeftovers();
  const folder = await mkdtemp(join(tmpdir(), FOLDER_PREFIX));
  const socket = `unix://${join(folder, 'docker.sock')}`;
  const logFile = join(folder, 'dockerd.log');
  const log = openSync(logFile, 'w');
  const flags = [
    ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid')],
    ...['--host', socket, '--default-address-pool', 'base=198.18.0.0/16,size=24'],
    ...['--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-forward=false', '--userland-proxy=false'],
  ];
  const daemon = spawn('/usr/bin/setpriv', ['--pdeathsig', 'TERM', '/usr/sbin/dockerd', ...flags], {
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const docker = (args: readonly string[], env: Record<string, string> = {}) =>
    run(CLIENT, args, { env: { PATH: process.env.PATH, HOME: folder, DOCKER_HOST: socket, ...env } });
  const stop = async () => {
    await end(daemon);
    await removeEngineFolder(folder);
  };
  try {
    await answering(daemon, docker, logFile);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    folder,
    docker,
    async [Symbol.asyncDispose]() {
      // Before the daemon: a network's bridge outlives its daemon.
      const ids = async (...args: string[]) => (await docker(args)).split('\n').filter(Boolean);
      const containers = await ids('ps', '--all', '--quiet');
      if (containers.length > 0) await docker(['rm', '--force', '--volumes', ...containers]);
      const networks = await ids('network', 'ls', '--quiet', '--filter', 'type=custom');
      if (networks.length > 0) await docker(['network', 'rm', ...networks]);
      await stop();
    },
  };
}

async function answering(daemon: ChildProcess, docker: Engine['docker'], logFile: string): Promise<void> {
  const giveUpAt = performance.now() + START_MS;
  for (;;) {
    const reason =
      daemon.exitCode !== null ? 'has exited' : performance.now() > giveUpAt ? 'does not respond' : undefined;
    if (reason)
      throw new Error(`dockerd ${reason}:\n${(await readFile(logFile, 'utf8')).split('\n').slice(-20).join('\n')}`);
    const answers = await docker(['version']).then(
      () => true,
      () => false,
    );
    if (answers) return;
    await sleep(200);
  }
}

async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const ended = once(daemon, 'exit');
  daemon.kill('SIGTERM');
  await ended;
}
