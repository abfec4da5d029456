import { readFileSync, rmSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SystemError } from '@hotel/system';

/** Addresses of a run, by the variable that overrides each: `DISPO_URL`, `JAEGER_QUERY_URL`, `REDIS_URL`, ... */
export type Urls = Readonly<Record<string, string>>;

interface RunFile {
  pid: number;
  /** Start time of the process in the kernel's unit. Process ids are reused; a pair of id and start time is not. */
  startedAt: string | null;
  /** Name of the system, once it is ready. */
  system?: string;
  /** Offset of its ports. */
  portOffset?: number;
  urls: Urls;
}

type Published = Required<Pick<RunFile, 'system' | 'portOffset' | 'urls'>>;

export interface RunLock {
  /** Makes this run visible to commands in other terminals. */
  publish(run: Published): Promise<void>;
  /** Synchronous, so that it works during exit. */
  release(): void;
}

/** Claims the data folder for this process. @throws SystemError if another run uses it */
export async function lockData(dataDir: string): Promise<RunLock> {
  await mkdir(dataDir, { recursive: true });
  const file = fileIn(dataDir);
  const fresh = `${file}.${process.pid}`;
  const write = (run: Omit<RunFile, 'pid' | 'startedAt'>) =>
    // Readable by its owner only: a Redis URL may contain a password.
    writeFile(fresh, JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid), ...run }, null, 2), {
      mode: 0o600,
    });
  await write({ urls: {} });
  try {
    await claim(fresh, file, dataDir);
  } finally {
    await rm(fresh, { force: true });
  }
  return {
    async publish(run) {
      await write(run);
      await rename(fresh, file);
    },
    release() {
      rmSync(file, { force: true });
    },
  };
}

/** Creating a link is atomic and succeeds for one process only. */
async function claim(fresh: string, file: string, dataDir: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await link(fresh, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const other = await readRun(dataDir);
    if (other || tries > 2) {
      const who = other ? ` (${other.system ?? 'starting'}, process ${other.pid})` : '';
      throw new SystemError(
        `Another run${who} uses the data in ${dataDir}. Stop it, or use another folder and other ports: HOTEL_DATA_DIR=/elsewhere and --port-offset=1000.`,
      );
    }
    await rm(file, { force: true });
  }
}

/** The run that uses a data folder; undefined if there is none or it was killed. */
export async function readRun(dataDir: string): Promise<Omit<RunFile, 'startedAt'> | undefined> {
  try {
    const run = JSON.parse(await readFile(fileIn(dataDir), 'utf8')) as RunFile;
    return isAlive(run.pid) && startOf(run.pid) === run.startedAt ? run : undefined;
  } catch {
    return undefined;
  }
}

function fileIn(dataDir: string): string {
  return join(dataDir, 'run.json');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Field 22 of Linux's /proc/<pid>/stat; null where there is no /proc. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
