/** Unit costs of a booking, its plan and its confirmation. CPU in microseconds. */
export interface UnitCosts {
  dispo: number;
  worker: number;
  postgres: number;
  redis: number;
  redisCommands: number;
  /** Redis memory of a waiting job. */
  queueBytes: number;
  spans: number;
  otlpBytes: number;
  storedBytes: number;
  flushUs: number;
}

/** How a figure was obtained. `quoted`: computed with a quoted figure. */
export type Source = 'computed' | 'quoted';

export interface Need {
  what: string;
  source: Source;
  /** One text for each rate. */
  values: string[];
}

/** Share of a core that is used: the rest is for peaks, failures of other replicas and noise. Assumed. */
const UTILIZATION = 0.6;
/** Spans per second and core of a collector, from the sizing guide that the page quotes. */
const SPANS_PER_COLLECTOR_CORE = 15_000;
const POOL = 10;
const TRANSACTIONS = 3;
const SAMPLED = 0.01;
/** Time without a worker for which Redis has memory. */
const OUTAGE_S = 600;
const DAY_S = 86_400;

/** What these numbers of bookings per second need. */
export function needsOf(costs: UnitCosts, rates: readonly number[]): Need[] {
  const need = (what: string, value: (rate: number) => string, source: Source = 'computed'): Need => ({
    what,
    source,
    values: rates.map(value),
  });
  const cores = (us: number) => (rate: number) => (rate * us) / 1e6 / UTILIZATION;
  const processes = (us: number) => (rate: number) => Math.max(2, Math.ceil(cores(us)(rate)));
  const busy = (rate: number) => (rate * (costs.postgres / (1 - UTILIZATION) + TRANSACTIONS * costs.flushUs)) / 1e6;
  const opened = (rate: number) => POOL * (processes(costs.dispo)(rate) + processes(costs.worker)(rate));
  const collector = (share: number) => (rate: number) => (share * rate * costs.spans) / SPANS_PER_COLLECTOR_CORE;
  return [
    need('dispo, processes of one core', (rate) => amount(processes(costs.dispo)(rate))),
    need('cleaning-worker, processes of one core', (rate) => amount(processes(costs.worker)(rate))),
    need('PostgreSQL, cores', (rate) => amount(Math.ceil(cores(costs.postgres)(rate)))),
    need('connections to PostgreSQL, opened', (rate) => amount(opened(rate))),
    need('connections in a transaction at a time', (rate) => amount(Math.ceil(busy(rate)))),
    need('Redis, cores (a queue uses one)', (rate) => amount(Math.ceil(cores(costs.redis)(rate)))),
    need('Redis commands/s', (rate) => amount(rate * costs.redisCommands)),
    need('Redis memory for ten minutes without a worker', (rate) => bytes(rate * OUTAGE_S * costs.queueBytes)),
    need('spans/s, every trace', (rate) => amount(rate * costs.spans)),
    need('OTLP/s, every trace', (rate) => bytes(rate * costs.otlpBytes)),
    need('collector cores, every trace', (rate) => amount(Math.ceil(collector(1)(rate))), 'quoted'),
    need('collector cores, 1 % of the traces', (rate) => amount(Math.ceil(collector(SAMPLED)(rate))), 'quoted'),
    need('databases, per day', (rate) => bytes(rate * DAY_S * costs.storedBytes)),
    need('traces as OTLP, per day, every trace', (rate) => bytes(rate * DAY_S * costs.otlpBytes)),
    need('traces as OTLP, per day, 1 % of them', (rate) => bytes(SAMPLED * rate * DAY_S * costs.otlpBytes)),
  ];
}

/** Two significant digits: the inputs have no more. */
export function amount(value: number): string {
  return Number(value.toPrecision(2)).toLocaleString('en');
}

export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Number(value.toPrecision(2))) / 3)));
  return `${amount(value / 1_000 ** step)} ${units[step]}`;
}
