/** Owners of CPU time, from the inside of a process outwards, in the order of the table. */
export const owners = [
  'SQLite: statements and commits, drizzle',
  'the queue: BullMQ, ioredis',
  'HTTP: Node, Hono, validation',
  'sockets and files: system calls',
  'the log',
  'the rest of dispo and Node',
  'garbage collection',
  'adapters of `packages/telemetry`',
  'OpenTelemetry API and SDK',
  'OTLP serialization and export',
] as const;

export type Owner = (typeof owners)[number];

/** A function as a V8 profile names it; native code has no URL. */
export interface Frame {
  functionName: string;
  url: string;
}

const [sqlite, queue, http, sockets, log, rest, garbage, adapters, sdk, otlp] = owners;

/** The first matching rule applies. */
const rules: Array<[Owner, RegExp]> = [
  [sqlite, /drizzle-orm|better-sqlite3|packages\/sqlite\/|telemetry\/src\/edges\/sqlite\.ts/],
  [otlp, /telemetry\/src\/otlp\/|otlp-|@grpc\/|node:(internal\/)?http2/],
  [sdk, /@opentelemetry\//],
  [adapters, /packages\/telemetry\/src\//],
  [queue, /\/(bullmq|ioredis|msgpackr|redis-[a-z]+|standard-as-callback|uuid)\//],
  [log, /\/(pino|sonic-boom|fast-redact)|packages\/log\//],
  [
    http,
    /node:_http|node:net|undici|internal\/(streams|stream_base)|\/hono\/|@hono\/|\/zod\/|packages\/(http|http-client|runtime)\//,
  ],
];
const SYSTEM_CALLS = /^(write(Buffer|Utf8String|Latin1String|String|v)|readStart|shutdown)$/;

/** @param chain the function, its caller, and so on. Native work belongs to its caller, unless it has its own row. */
export function ownerOf(chain: readonly Frame[]): Owner {
  const innermost = chain[0];
  if (innermost?.functionName === '(garbage collector)') return garbage;
  if (!innermost?.url && SYSTEM_CALLS.test(innermost?.functionName ?? '')) return sockets;
  const url = chain.find((frame) => frame.url)?.url ?? '';
  return rules.find(([, pattern]) => pattern.test(url))?.[0] ?? rest;
}
