import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventRetry } from '@hotel/contracts';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from './kustomize.ts';

/** The longest that the retries of a job may take, without the attempts themselves. */
const RETRIES_S = (eventRetry.backoffMs / 1_000) * (2 ** (eventRetry.attempts - 1) - 1);

const page = readFileSync(join(ROOT, 'docs/queue-traces.md'), 'utf8');
const config = parse(/<!-- collector .*-->\n```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '');

it('the collector in docs/queue-traces.md uses every component that it configures', () => {
  const { pipelines } = config.service;
  expect(Object.keys(pipelines)).toEqual(['traces']);
  for (const kind of ['receivers', 'processors', 'exporters']) {
    expect(pipelines.traces[kind]).toEqual(Object.keys(config[kind]));
  }
});

it('the collector in docs/queue-traces.md waits for the last retry and keeps errors, retries and a share of the others', () => {
  const { decision_wait: wait, policies } = config.processors.tail_sampling;
  expect(Number(/^(\d+)s$/.exec(wait)?.[1])).toBeGreaterThan(RETRIES_S);
  const types = policies.map(({ type }: { type: string }) => type);
  expect(types).toEqual(['status_code', 'latency', 'numeric_attribute', 'probabilistic']);
});
