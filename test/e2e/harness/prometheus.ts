import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PrometheusServer, startPrometheus } from '@hotel/system';
import { parse, stringify } from 'yaml';

const ROOT = join(import.meta.dirname, '../../..');
const DEPLOYED = join(ROOT, 'deploy/components/signals/prometheus-config.yaml');
const RULES = join(ROOT, 'deploy/components/alerts/rules.yaml');

interface Answer<Result> {
  status: string;
  error?: string;
  data: Result;
}

/** A series of a query's result, with its current value. */
export interface Series {
  metric: Record<string, string>;
  value: number;
}

export interface StoredExemplar {
  labels: Record<string, string>;
  value: string;
  seriesLabels: Record<string, string>;
}

export interface Prometheus extends AsyncDisposable {
  /** @throws Error with the reason when Prometheus rejects the expression */
  query(expression: string): Promise<Series[]>;
  exemplars(selector: string): Promise<StoredExemplar[]>;
  /** The health of each rule by its name, and the error of those that fail. */
  rules(): Promise<Array<{ name: string; health: string; lastError?: string }>>;
}

/** Debian's Prometheus with the deployed configuration and rules, scraping these ports every second. */
export async function startScraping(ports: Iterable<number>): Promise<Prometheus> {
  const config = parse(readFileSync(DEPLOYED, 'utf8'));
  config.global = { scrape_interval: '1s', evaluation_interval: '1s' };
  config.rule_files = ['rules/*.yaml'];
  config.scrape_configs = config.scrape_configs
    .filter(({ job_name: name }: { job_name: string }) => name === 'hotel')
    .map((job: object) => ({
      ...job,
      static_configs: [{ targets: Array.from(ports, (port) => `127.0.0.1:${port}`) }],
    }));
  const rules = parse(readFileSync(RULES, 'utf8'));
  for (const group of rules.groups) group.interval = '1s';
  const server = await startPrometheus(stringify(config), { 'rules/objectives.yaml': stringify(rules) });
  return {
    async query(expression) {
      const { result } = await ask<{ result: Array<{ metric: Series['metric']; value: [number, string] }> }>(
        server,
        'query',
        { query: expression },
      );
      return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    },
    async exemplars(selector) {
      const now = Date.now() / 1_000;
      const range = { start: String(now - 3_600), end: String(now + 60) };
      const found = await ask<Array<Pick<StoredExemplar, 'seriesLabels'> & { exemplars: StoredExemplar[] }>>(
        server,
        'query_exemplars',
        { query: selector, ...range },
      );
      return found.flatMap(({ seriesLabels, exemplars }) => exemplars.map((one) => ({ ...one, seriesLabels })));
    },
    async rules() {
      const { groups } = await ask<{ groups: Array<{ rules: Array<{ name: string; health: string }> }> }>(
        server,
        'rules',
        {},
      );
      return groups.flatMap(({ rules }) => rules);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function ask<Result>({ url }: PrometheusServer, path: string, parameters: Record<string, string>) {
  const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
  const { status, error, data } = (await response.json()) as Answer<Result>;
  if (status !== 'success') throw new Error(`Prometheus rejects ${JSON.stringify(parameters)}: ${error}`);
  return data;
}
