import { percentile } from '../figures/statistics.ts';
import { Connection } from './connection.ts';
import { type Requests, requestText } from './request.ts';

export interface ClosedLoop {
  /** Several ports share the connections evenly. */
  port: number | readonly number[];
  connections: number;
  seconds: number;
  /** Stop after this many requests. */
  atMost?: number;
  requests: Requests;
}

export interface LoadResult {
  requests: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}

/** Each connection sends its next request when the response has arrived. Rejects on any error status. */
export async function runClosedLoop(load: ClosedLoop): Promise<LoadResult> {
  const { port, connections: count, seconds, atMost = Number.POSITIVE_INFINITY, requests } = load;
  const ports = [port].flat();
  const connections = Array.from({ length: count }, (_, n) => new Connection(ports[n % ports.length] as number));
  try {
    await Promise.all(connections.map((one) => one.open()));
    const durations: number[] = [];
    let sent = 0;
    const began = performance.now();
    const end = began + seconds * 1_000;
    await Promise.all(
      connections.map(async (connection) => {
        while (sent < atMost && performance.now() < end) {
          const text = requestText(requests, sent++);
          const asked = performance.now();
          const status = await connection.send(text);
          if (status >= 300) throw new Error(`status ${status} in answer to\n${text}`);
          durations.push(performance.now() - asked);
        }
      }),
    );
    const tookSeconds = (performance.now() - began) / 1_000;
    return {
      requests: durations.length,
      perSecond: durations.length / tookSeconds,
      p50Ms: percentile(durations, 0.5),
      p99Ms: percentile(durations, 0.99),
      maxMs: percentile(durations, 1),
    };
  } finally {
    for (const one of connections) one.close();
  }
}
