import { formatBytes, formatDuration } from '../format.ts';

const SECONDS: Record<string, number> = { ns: 1e-9, us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600 };

/** A value with its unit: UCUM, as OpenTelemetry writes it. */
export function formatValue(value: number, unit: string): string {
  if (!Number.isFinite(value)) return value < 0 ? '−∞' : '∞';
  const seconds = SECONDS[unit];
  if (seconds !== undefined) return value < 0 ? `−${formatValue(-value, unit)}` : formatDuration(value * seconds * 1e9);
  if (unit === 'By' && value >= 0) return formatBytes(Math.round(value));
  const [, noun] = /^\{([^}]*)\}$/.exec(unit) ?? [];
  if (unit === '1' || unit === '' || noun !== undefined) return formatNumber(value);
  return `${formatNumber(value)} ${unit.slice(0, 20)}`;
}

/** What is counted, for the name of a rate: `requests` for `{request}`. */
export function nounOf(unit: string): string {
  const [, noun] = /^\{([^}]{1,30})\}$/.exec(unit) ?? [];
  return noun === undefined ? '' : noun.endsWith('s') ? noun : `${noun}s`;
}

/** Three significant digits. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6 || (size > 0 && size < 0.001)) return value.toExponential(1);
  if (size >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}
