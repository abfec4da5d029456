/** `0.42 ms`, `12.3 ms`, `1.20 s`: three significant digits. */
export function formatDuration(ns: number | bigint): string {
  const ms = Number(ns) / 1e6;
  if (Math.abs(ms) >= 1_000) return `${(ms / 1_000).toFixed(2)} s`;
  return `${Math.abs(ms) < 10 ? ms.toFixed(2) : ms.toFixed(1)} ms`;
}

/** From the first start to the last end, in nanoseconds since 1970; zeros for none. */
export function extent(spans: readonly { startNs: bigint; endNs: bigint }[]): { start: bigint; end: bigint } {
  let start = spans[0]?.startNs ?? 0n;
  let end = start;
  for (const span of spans) {
    if (span.startNs < start) start = span.startNs;
    if (span.endNs > end) end = span.endNs;
  }
  return { start, end };
}
