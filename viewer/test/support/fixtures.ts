import { readFileSync } from 'node:fs';

export const BOOKING = '5b8aa5a2d2c872e8321cf37308d69df2';
export const FAILED_JOB = '7c9e6679f7425de4944be07fc1f90ae7';
/** The trace and the span that the failed job links to. */
export const CHECK_IN = '9f86d081884c7d659a2feaa0c55ad015';
export const CHECK_IN_SEND = '0f1e2d3c4b5a6978';

/** Start of the fixtures' spans, in nanoseconds since the epoch. */
const FIXTURE_START = 1_801_300_500_000_000_000n;

export const readFixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../fixtures/${name}.json`, import.meta.url), 'utf8'));

/** Copies a trace to another time, optionally with another id and stretched durations. */
export function moved(otlp: unknown, { to, id, stretch = 1 }: { to: Date; id?: string; stretch?: number }): unknown {
  const start = BigInt(to.getTime()) * 1_000_000n;
  const text = JSON.stringify(otlp, (key, value: unknown) => {
    if (!key.endsWith('UnixNano')) return value;
    const offset = BigInt(String(value)) - FIXTURE_START;
    return String(start + BigInt(Math.round(Number(offset) * stretch)));
  });
  return JSON.parse(id === undefined ? text : text.replaceAll(/"traceId":"[0-9a-f]{32}"/g, `"traceId":"${id}"`));
}
