import { BadParameter, parseInteger, parseLookback } from '../../api/params.ts';

const UNIT_NAMES: Record<string, string> = { s: 'second', m: 'minute', h: 'hour', d: 'day', w: 'week' };

/** The lookbacks of Jaeger's search page, and shorter ones. Other numbers of these units are accepted too. */
export const LOOKBACKS = [
  ...['5m', '15m', '30m', '1h', '2h', '3h', '6h', '12h', '24h', '2d', '3d', '5d', '7d', '2w', '3w', '4w'],
];
export const DEFAULT_LOOKBACK = '1h';
/** A window with a fixed start and end. */
export const CUSTOM = 'custom';

export interface Window {
  startMin: bigint;
  /** Undefined for a window up to now, so that spans of a fast clock are not hidden. */
  startMax?: bigint;
}

/** Throws BadParameter. */
export function lookbackSeconds(lookback: string): number {
  const nanos = parseLookback(lookback);
  if (nanos === undefined) {
    throw new BadParameter(
      `Window is ${JSON.stringify(lookback)}: write a number and one of s, m, h, d, w, such as 15m or 2d`,
    );
  }
  return Number(nanos) / 1e9;
}

export function lookbackName(lookback: string): string {
  const [, count, unit = ''] = /^(\d{1,5})([smhdw])$/.exec(lookback) ?? [];
  if (count === undefined) return lookback;
  const name = UNIT_NAMES[unit] ?? '';
  return Number(count) === 1 ? `last ${name}` : `last ${Number(count)} ${name}s`;
}

/** `start` and `end` are microseconds, as in Jaeger's links, and override the lookback. Throws BadParameter. */
export function readWindow(
  { lookback, start, end }: { lookback: string; start: string; end: string },
  now: Date,
): Window {
  const micros = (name: string, text: string): bigint | undefined => {
    if (text === '') return undefined;
    const integer = parseInteger(text, 64);
    if (integer === undefined || integer < 0n)
      throw new BadParameter(`${name} is ${JSON.stringify(text)}: write microseconds since 1970`);
    return integer * 1000n;
  };
  const [from, to] = [micros('start', start), micros('end', end)];
  if (lookback === CUSTOM && from === undefined) {
    throw new BadParameter('Window is "custom", which needs start and end in microseconds since 1970');
  }
  if (from !== undefined && to !== undefined && from > to) throw new BadParameter('start is after end');
  const ago = from ?? BigInt(Math.floor(now.getTime() - lookbackSeconds(lookback) * 1000)) * 1_000_000n;
  return to === undefined ? { startMin: ago } : { startMin: ago, startMax: to };
}
