import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { locatePrometheus } from '@hotel/system';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const FILE = join(ROOT, 'deploy/components/alerts/rules.yaml');

interface Rule {
  alert?: string;
  expr: string;
  labels: Record<string, string>;
  annotations?: { summary: string; description: string; runbook: string };
}
const rules = (parse(readFileSync(FILE, 'utf8')).groups as Array<{ rules: Rule[] }>).flatMap((group) => group.rules);
const runbook = readFileSync(join(ROOT, 'docs/runbooks.md'), 'utf8');

let promtool: string;
beforeAll(async () => {
  ({ promtool } = await locatePrometheus());
});

describe('the alerts', () => {
  it('fire and stop as their tests say', async () => {
    const { stdout } = await run(promtool, ['test', 'rules', join(import.meta.dirname, 'objectives.yaml')]);
    expect(stdout).toContain('SUCCESS');
  });

  const alerts = rules.flatMap((rule) => (rule.alert === undefined ? [] : [{ ...rule, alert: rule.alert }]));
  it.each(alerts)('$alert links to an entry of the runbook that names a trace search', ({ annotations, labels }) => {
    const [page, anchor] = annotations?.runbook.split('#') ?? [];
    expect(page).toBe('docs/runbooks.md');
    const entry = runbook.split(/^## /m).find((text) => slugOf(text.split('\n')[0] ?? '') === anchor);
    expect(entry).toMatch(/<http:\/\/localhost:16686\/search\?service=[\w-]+&/);
    expect(['page', 'ticket']).toContain(labels.severity);
  });
});

/** The anchor that a heading gets. */
function slugOf(heading: string): string {
  return heading.trim().toLowerCase().replace(/ /g, '-');
}
