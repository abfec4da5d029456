import { UsageError } from '@hotel/cli';

/**
 * `--port-offset=N`, which is added to every standard port so that two clones can run at the same time.
 * @throws UsageError unless it is a whole number that keeps all ports below 65536
 */
export function portOffset(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const offset = Number(text);
  if (/^\d+$/.test(text) && offset <= 48_000) return offset;
  throw new UsageError(`--port-offset=${text}: use a whole number from 0 to 48000, for instance 1000`);
}
