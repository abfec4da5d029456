import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectation } from '@hotel/runtime';
import { cleaningSettings, workerSettings } from 'cleaning/settings';
import { dispoSettings } from 'dispo/settings';
import { PORT_VARIABLES, readConfig as readViewerConfig } from 'viewer/settings';
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

/** Effects of the viewer's settings, which have no schema. */
const viewerEffects: Record<string, string> = {
  VIEWER_PORT: 'Port of the pages and of the query API',
  VIEWER_HEALTH_PORT: 'Port of `/status`',
  OTLP_GRPC_PORT: 'Port for spans over gRPC',
  OTLP_HTTP_PORT: 'Port for spans over HTTP',
  VIEWER_MAX_SPANS: 'Spans to keep; beyond it the oldest traces are dropped',
  VIEWER_MAX_BYTES: 'Memory for traces, logs and metrics, in bytes; beyond it the oldest are dropped',
  VIEWER_TRACES_FILE: 'File that keeps up to 10,000 spans across restarts, saved every 30 s and at shutdown',
  HOTEL_HOST: 'Address to listen on; all interfaces if not set',
  LOG_LEVEL: 'Least severe level to log',
};

function viewerRows(): string[] {
  const defaults = readViewerConfig({});
  if (!('config' in defaults)) throw new Error('the defaults of the viewer are invalid');
  const { ports, maxSpans, maxBytes, logLevel } = defaults.config;
  const values: Record<string, unknown> = {
    ...Object.fromEntries(
      Object.entries(PORT_VARIABLES).map(([port, name]) => [name, ports[port as keyof typeof ports]]),
    ),
    ...{ VIEWER_MAX_SPANS: maxSpans, VIEWER_MAX_BYTES: maxBytes, LOG_LEVEL: logLevel },
  };
  return Object.entries(viewerEffects).map(([name, effect]) => {
    const wrong = readViewerConfig({ [name]: 'nonsense' });
    const accepted = 'problems' in wrong ? wrong.problems[0]?.split('it should be ')[1] : 'text';
    return `| \`${name}\` | ${accepted} | ${name in values ? `\`${values[name]}\`` : 'not set'} | ${effect} |`;
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

## Viewer

| variable | accepts | default | effect |
| --- | --- | --- | --- |
${viewerRows().join('\n')}

## Who sets them

- **The embedded run** (\`npx -y pnpm@12 dev\`) sets ports, addresses, folders and the two
  \`HOTEL_*\` variables of development itself (\`HOTEL_TRACE_EDGE=continue\`,
  \`HOTEL_HOST=127.0.0.1\`). Variables of your shell override them. With \`--postgres\` it sets
  \`DISPO_DATABASE_URL\` and \`CLEANING_DATABASE_URL\`, with \`--scale\` also \`HOTEL_SHARE_PORTS\`
  and a \`HOTEL_METRICS_PORT\` per process.
- **A process started alone** (\`npx -y pnpm@12 --filter dispo start\`) has the defaults above. It
  keeps its data in \`.hotel/data\` of the repository, like the embedded run.
- **Kubernetes**: the manifests in [\`deploy/\`](../deploy/).
- The commands \`book\`, \`trace\`, \`dead\` and \`replay\` list their variables with \`--help\`.

The private PostgreSQL of \`dev --postgres\` keeps its data and its password in
\`.hotel/data/postgres\`; \`dev --fresh\` deletes both. To look into it, with the port that \`dev\`
prints:

\`\`\`
PGPASSWORD=$(cat .hotel/data/postgres/password) psql -h 127.0.0.1 -p PORT -U hotel dispo
\`\`\`
`;

test('every setting has a description', () => {
  for (const [, { shape }] of processes) {
    for (const [name, setting] of Object.entries(shape)) expect.soft(setting.description, name).toBeTruthy();
  }
});

test('every setting that the viewer reads is in its table', () => {
  const source = readFileSync(join(ROOT, 'viewer/src/config.ts'), 'utf8');
  const read = new Set(source.match(/\b(VIEWER|OTLP|HOTEL|LOG)_[A-Z_]+\b/g));
  expect([...read].toSorted()).toEqual(Object.keys(viewerEffects).toSorted());
});

test('docs/settings.md lists the settings as the schemas define them', async () => {
  await expect(page()).toMatchFileSnapshot(PAGE);
});
