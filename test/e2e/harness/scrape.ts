import type { TracedSystem } from '@hotel/trace-test';

/** One sample line of the Prometheus text format. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** Metrics of one process as Prometheus reads them. */
export interface Scrape {
  samples: Sample[];
  /** Sum of all samples with this name and at least these labels; 0 when there are none. */
  sum(name: string, labels?: Record<string, string>): number;
}

const LINE = /^([a-z_][a-z0-9_]*)(?:\{(.*)\})? (\S+)$/i;
const LABEL = /([a-z_][a-z0-9_]*)="((?:[^"\\]|\\.)*)"/gi;

/** Reads `/metrics` of the listener at `port`. */
export async function scrape(traced: Pick<TracedSystem, 'url'>, port: string): Promise<Scrape> {
  const response = await fetch(`${traced.url(port)}/metrics`);
  const type = response.headers.get('content-type');
  const text = await response.text();
  if (response.status !== 200 || !type?.startsWith('text/plain; version=0.0.4')) {
    throw new Error(`/metrics of ${port} answered ${response.status} ${type}: ${text}`);
  }
  return parseMetrics(text);
}

/** @throws Error naming a line that is neither a comment nor a sample. */
function parseMetrics(text: string): Scrape {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const samples = lines.map((line): Sample => {
    const [, name, labels = '', value] = LINE.exec(line) ?? [];
    if (name === undefined) throw new Error(`not a line of Prometheus' text format: ${line}`);
    const pairs = [...labels.matchAll(LABEL)].map(([, key = '', text = '']) => [key, text]);
    return { name, labels: Object.fromEntries(pairs), value: Number(value) };
  });
  return {
    samples,
    sum: (name, wanted = {}) =>
      samples
        .filter((sample) => sample.name === name)
        .filter(({ labels }) => Object.entries(wanted).every(([key, text]) => labels[key] === text))
        .reduce((sum, { value }) => sum + value, 0),
  };
}
