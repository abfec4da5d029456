import { Budget } from './budget.ts';
import { LogStore } from './logs/log-store.ts';
import { MetricStore } from './metrics/metric-store.ts';
import { type Limits, SpanStore, type StoreStats } from './store.ts';

/** What is stored of all signals. */
export interface AllStats extends StoreStats {
  /** The bytes of all signals. */
  bytes: number;
  logs: number;
  evictedLogs: number;
  streams: number;
  points: number;
  evictedStreams: number;
}

/** The stores of the three signals, within one limit of bytes. */
export interface Stores {
  readonly traces: SpanStore;
  readonly logs: LogStore;
  readonly metrics: MetricStore;
  stats(): AllStats;
}

export function openStores(limits: Limits): Stores {
  const budget = new Budget(limits.maxBytes);
  const traces = new SpanStore(limits, budget);
  const logs = new LogStore(budget);
  const metrics = new MetricStore(budget);
  return {
    traces,
    logs,
    metrics,
    stats: () => ({ ...traces.stats(), ...logs.stats(), ...metrics.stats(), bytes: budget.bytes }),
  };
}
