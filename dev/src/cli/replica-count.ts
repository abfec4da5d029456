import { CommandError, UsageError } from '@hotel/cli';

/**
 * `--scale=N`: processes per service.
 * @throws UsageError when N is not from 1 to 9, or more than 1 without `--postgres`
 */
export function replicaCount(
  { scale, postgres }: { scale?: string | undefined; postgres?: boolean | undefined },
  platform: NodeJS.Platform = process.platform,
): number {
  if (scale === undefined) return 1;
  if (!/^[1-9]$/.test(scale)) throw new UsageError(`--scale=${scale}: use a number from 1 to 9.`);
  const count = Number(scale);
  if (count > 1 && !postgres) {
    throw new UsageError(
      `--scale=${scale} needs --postgres: several processes of a service cannot share a SQLite file.`,
    );
  }
  if (count > 1 && platform !== 'linux') {
    throw new CommandError(`--scale=${scale} needs Linux, where the kernel distributes connections among processes.`);
  }
  return count;
}
