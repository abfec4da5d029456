import { UsageError } from '@hotel/cli';

/**
 * `--port-offset=N`: what is added to every standard port, so that a second clone can run beside the first.
 * @throws UsageError when it is no whole number that leaves all ports below 65536.
 */
export function portOffset(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const offset = Number(text);
  if (/^\d+$/.test(text) && offset <= 48_000) return offset;
  throw new UsageError(`--port-offset=${text}: give a whole number from 0 to 48000, for instance 1000`);
}
