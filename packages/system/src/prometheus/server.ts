import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { which } from '../commands.ts';
import { type DebianServer, findUnpacked, unpackDebian } from '../debian/unpack.ts';
import { SystemError } from '../error.ts';
import { freePorts } from '../ports/ports.ts';
import { quoteLines, startChild } from '../process/child.ts';
import { READY_TIMEOUT_MS } from '../process/readiness.ts';

const POLL_MS = 50;
const PROGRAMS = ['prometheus', 'promtool'];
const PACKAGES: DebianServer = {
  name: 'Prometheus',
  packages: [['prometheus']],
  programs: (root) => PROGRAMS.map((name) => join(root, 'usr/bin', name)).filter(existsSync),
};

/** Paths of the programs of one installation. */
export interface PrometheusPrograms {
  prometheus: string;
  /** Checks and tests configurations and rules. */
  promtool: string;
}

/**
 * Finds an installed Prometheus, else an unpacked one, else unpacks the distribution's package (Debian, Ubuntu) into
 * `.hotel/prometheus` of this repository.
 * @throws SystemError when there is none
 */
export async function locatePrometheus(searchPath = process.env.PATH ?? ''): Promise<PrometheusPrograms> {
  const [prometheus, promtool] = PROGRAMS.map((name) => which(name, searchPath));
  if (prometheus && promtool) return { prometheus, promtool };
  const into = resolve(import.meta.dirname, '../../../../.hotel/prometheus');
  const announce = (text: string) => console.error(text);
  try {
    const { command } =
      (await findUnpacked(PACKAGES, into)) ?? (await unpackDebian(PACKAGES, { into, searchPath, announce }));
    return { prometheus: command, promtool: join(dirname(command), 'promtool') };
  } catch (error) {
    throw new SystemError(
      `There is no Prometheus here. Put prometheus and promtool on PATH. (On Debian and Ubuntu the package is fetched without installing it; here that failed: ${(error as Error).message})`,
    );
  }
}

/** A Prometheus at 127.0.0.1 with a data folder of its own, which disposal removes. */
export interface PrometheusServer extends AsyncDisposable {
  url: string;
}

/**
 * Starts Prometheus on a free port with exemplar storage, and waits until it is ready.
 * @param config content of its configuration file; paths in it are relative to `folder`
 */
export async function startPrometheus(config: string, files: Record<string, string> = {}): Promise<PrometheusServer> {
  const { prometheus } = await locatePrometheus();
  await using undo = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries({ ...files, 'prometheus.yaml': config })) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  const [port] = await freePorts(1);
  const child = await startChild({
    name: 'prometheus',
    command: prometheus,
    args: [
      `--config.file=${join(folder, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=exemplar-storage',
      '--log.level=warn',
    ],
    cwd: folder,
    env: { PATH: process.env.PATH ?? '' },
  });
  undo.defer(async () => void (await child.stop()));
  let hasEnded = false;
  void child.exited.then(() => {
    hasEnded = true;
  });
  const url = `http://127.0.0.1:${port}`;
  const giveUpAt = Date.now() + READY_TIMEOUT_MS;
  while (!(await isReady(url))) {
    if (hasEnded || Date.now() > giveUpAt) {
      throw new SystemError(`Prometheus does not start.${quoteLines(child.lastLines())}`);
    }
    await sleep(POLL_MS);
  }
  const resources = undo.move();
  return { url, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/-/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
}
