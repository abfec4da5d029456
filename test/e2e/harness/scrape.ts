import { setTimeout as sleep } from 'node:timers/promises';
import type { TracedSystem } from '@hotel/trace-test';
import { metricsPortsOf } from './replicas.ts';

/** One sample line of the Prometheus text format. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** Metrics of a service as Prometheus reads them. */
export interface Scrape {
  /** Those of all replicas. */
  samples: Sample[];
  /** Sum of all samples with this name and at least these labels; 0 when there are none. */
  sum(name: string, labels?: Record<string, string>): number;
  /** What every replica reports about something that they share; NaN if they differ. */
  shared(name: string): number;
}

const LINE = /^([a-z_][a-z0-9_]*)(?:\{(.*)\})? (\S+)$/i;
const LABEL = /([a-z_][a-z0-9_]*)="((?:[^"\\]|\\.)*)"/gi;

/** Reads `/metrics` of every replica of the service whose internal listener is at `port`. */
export async function scrape(traced: TracedSystem, port: string): Promise<Scrape> {
  return scrapeOf((await Promise.all(metricsPortsOf(traced, port).map((each) => read(traced.url(each))))).flat());
}

/** Metrics of a request or job appear shortly after its response. On a timeout the last state is returned. */
export async function settled(traced: TracedSystem, port: string, until: (now: Scrape) => boolean): Promise<Scrape> {
  const end = performance.now() + 60_000;
  for (;;) {
    const now = await scrape(traced, port);
    if (until(now) || performance.now() > end) return now;
    await sleep(50);
  }
}

async function read(listener: string): Promise<Sample[]> {
  const response = await fetch(`${listener}/metrics`);
  const type = response.headers.get('content-type');
  const text = await response.text();
  if (response.status !== 200 || !type?.startsWith('text/plain; version=0.0.4')) {
    throw new Error(`${listener}/metrics answered ${response.status} ${type}: ${text}`);
  }
  return parseMetrics(text);
}

/** @throws Error naming a line that is neither a comment nor a sample. */
function parseMetrics(text: string): Sample[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line): Sample => {
    const [, name, labels = '', value] = LINE.exec(line) ?? [];
    if (name === undefined) throw new Error(`not a line of Prometheus' text format: ${line}`);
    const pairs = [...labels.matchAll(LABEL)].map(([, key = '', text = '']) => [key, text]);
    return { name, labels: Object.fromEntries(pairs), value: Number(value) };
  });
}

function scrapeOf(samples: Sample[]): Scrape {
  return {
    samples,
    shared(name) {
      const values = new Set(samples.filter((sample) => sample.name === name).map(({ value }) => value));
      return values.size === 1 ? ([...values][0] as number) : Number.NaN;
    },
    sum: (name, wanted = {}) =>
      samples
        .filter((sample) => sample.name === name)
        .filter(({ labels }) => Object.entries(wanted).every(([key, text]) => labels[key] === text))
        .reduce((sum, { value }) => sum + value, 0),
  };
}
