import { join } from 'node:path';
import { expectation } from '@hotel/runtime';
import { cleaningSettings, workerSettings } from 'cleaning/settings';
import { dispoSettings } from 'dispo/settings';
import { expect, test } from 'vitest';
import type { z } from 'zod';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = join(ROOT, 'docs/settings.md');

const processes: Array<[string, z.ZodObject]> = [
  ['dispo', dispoSettings],
  ['cleaning', cleaningSettings],
  ['cleaning-worker', workerSettings],
];

/** What a value should be, as the error for a wrong one puts it. */
function accepts(setting: z.ZodType): string {
  const [issue] = setting.safeParse({}).error?.issues ?? [];
  const text = expectation(issue?.message ?? '').replaceAll('"', '`');
  return text === 'string' ? 'text' : text.replace(/^one of /, '').replaceAll('|', ', ');
}

function defaultOf(setting: z.ZodType): string {
  const { data } = setting.safeParse(undefined);
  if (data === undefined || (Array.isArray(data) && data.length === 0)) return 'not set';
  return `\`${String(data).replace(`${ROOT}/`, '')}\``;
}

function rows(): string[] {
  const names = [...new Set(processes.flatMap(([, { shape }]) => Object.keys(shape)))].sort();
  return names.map((name) => {
    const readers = processes.filter(([, { shape }]) => name in shape);
    const setting = readers[0]?.[1].shape[name] as z.ZodType;
    const who = readers.length === processes.length ? 'all' : readers.map(([process]) => process).join(', ');
    return `| \`${name}\` | ${accepts(setting)} | ${defaultOf(setting)} | ${who} | ${setting.description} |`;
  });
}

const page = () => `# Settings

The services are configured by environment variables. Each service reads them in one place
(\`src/config.ts\`), reports every invalid variable by name, and exits with 1 before it listens. An
empty variable counts as not set. The OpenTelemetry variables have
[a page of their own](telemetry-settings.md).

This page is generated from the schemas; \`npx -y pnpm@12 test test/settings -u\` updates it.

| variable | accepts | default | processes | effect |
| --- | --- | --- | --- | --- |
${rows().join('\n')}

The embedded run sets ports, addresses and folders itself, and passes everything else on. The
commands \`book\`, \`trace\`, \`dead\` and \`replay\` print theirs with \`--help\`.
`;

test('every setting has a description', () => {
  for (const [, { shape }] of processes) {
    for (const [name, setting] of Object.entries(shape)) expect.soft(setting.description, name).toBeTruthy();
  }
});

test('docs/settings.md lists the settings as the schemas define them', async () => {
  await expect(page()).toMatchFileSnapshot(PAGE);
});
