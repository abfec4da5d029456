import { html } from 'hono/html';

const STEPS = [
  ['ns', 1],
  ['µs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
] as const;

/** Three significant digits and a unit. */
export function formatDuration(nanos: bigint | number): string {
  const value = Number(nanos);
  if (value >= 60e9) return longDuration(value / 1e9);
  const [unit, size] = STEPS.findLast(([, step]) => value >= step) ?? STEPS[0];
  const scaled = value / size;
  const digits = scaled >= 100 || unit === 'ns' ? 0 : scaled >= 10 ? 1 : 2;
  return `${scaled.toFixed(digits)} ${unit}`;
}

function longDuration(seconds: number): string {
  const [days, hours, minutes] = [seconds / 86_400, (seconds / 3600) % 24, (seconds / 60) % 60].map(Math.floor) as [
    number,
    number,
    number,
  ];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return `${minutes} min ${Math.floor(seconds % 60)} s`;
}

export const toDate = (nanos: bigint): Date => new Date(Number(nanos / 1_000_000n));

/** The offset of this process's time zone at that time: `UTC`, `UTC+05:30`. */
export function formatZone(nanos: bigint): string {
  const minutes = -toDate(nanos).getTimezoneOffset();
  if (!minutes) return 'UTC';
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? '−' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

const pad = (value: number, length = 2): string => String(value).padStart(length, '0');

/** In the time zone of this process, usually the developer's. */
export function formatTime(nanos: bigint): string {
  const date = toDate(nanos);
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`;
}

export function formatAgo(nanos: bigint, now: Date): string {
  const seconds = (now.getTime() - toDate(nanos).getTime()) / 1000;
  if (seconds < -1) return 'in the future';
  if (seconds < 2) return 'just now';
  if (seconds < 100) return `${Math.floor(seconds)} s ago`;
  if (seconds < 6000) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(0)} KiB`;
  return `${(bytes / 1024 ** 2).toFixed(bytes < 10 * 1024 ** 2 ? 1 : 0)} MiB`;
}

export const formatCount = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** A share from 0 to 1 as an SVG length. */
export const percent = (share: number): string => `${(Math.min(1, Math.max(0, share)) * 100).toFixed(3)}%`;

export const shorten = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length)}…` : text;

const MAX_UNBROKEN = 30;

/** Lets a long name wrap after a dot rather than within a word. */
export const wrapAtDots = (name: string): ReturnType<typeof html>[] =>
  (name.match(new RegExp(`[^.]{0,${MAX_UNBROKEN - 1}}(?:\\.|[^.]|$)`, 'gu')) ?? [])
    .filter((part) => part !== '')
    .map((part, index) => html`${index > 0 ? html`<wbr>` : ''}${part}`);
