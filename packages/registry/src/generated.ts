import { join } from 'node:path';
import { renderDashboard } from './dashboards/dashboard.ts';
import { dashboards } from './dashboards/hotel.ts';
import { renderMarkdown } from './markdown.ts';
import { readRegistry } from './registry.ts';
import { renderTypescript } from './typescript.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** Each generated file, with its expected content. */
export function generated(): Array<{ file: string; content: string }> {
  const registry = readRegistry();
  return [
    { file: join(ROOT, 'packages/telemetry/src/attributes.ts'), content: renderTypescript(registry) },
    { file: join(ROOT, 'docs/telemetry.md'), content: renderMarkdown(registry) },
    ...dashboards.map((dashboard) => ({
      file: join(ROOT, `deploy/components/signals/dashboards/${dashboard.uid}.json`),
      content: renderDashboard(dashboard),
    })),
  ];
}
