import {
  contractsDependOnZodAlone,
  featuresImportNoTelemetry,
  foldersAreSmall,
  importsAreDeclared,
  noCycles,
  onlyConfigReadsTheEnvironment,
  packagesImportOnlyPackages,
  type Rule,
  relativeImportsStayInside,
  servicesImportOnlyPackages,
  viewerStandsAlone,
} from './rules.ts';
import { readSource } from './source.ts';
import type { Member } from './workspace.ts';

/** A rule, a workspace that follows it, and workspaces that violate it, each with the expected sentence. */
export interface Case {
  rule: Rule;
  name: string;
  right: Member[];
  wrong: Array<[what: string, members: Member[], sentence: string]>;
}

export const cases: Case[] = [
  {
    name: 'packages import only packages',
    rule: packagesImportOnlyPackages,
    right: workspace({ 'packages/http': { uses: ['@hotel/telemetry'] }, 'packages/telemetry': {} }),
    wrong: [
      [
        'a manifest',
        workspace({ 'packages/http': { uses: ['dispo'] }, dispo: {} }),
        'packages/http/package.json: the package @hotel/http uses dispo, which is not in packages/',
      ],
      [
        'an import',
        workspace({ 'packages/http': { files: { 'src/a.ts': "import 'dev/system';" } }, dev: {} }),
        'packages/http/src/a.ts: the package @hotel/http uses dev, which is not in packages/',
      ],
    ],
  },
  {
    name: 'services import only packages',
    rule: servicesImportOnlyPackages,
    right: workspace({ dispo: { uses: ['@hotel/http'] }, 'packages/http': {}, test: { uses: ['dev'] }, dev: {} }),
    wrong: [
      [
        'another service',
        workspace({ dispo: { files: { 'src/a.ts': "import type { A } from 'cleaning';" } }, cleaning: {} }),
        'dispo/src/a.ts: the service dispo uses cleaning, which is not in packages/',
      ],
      [
        'a tool, in development',
        workspace({ cleaning: { usesInDevelopment: ['dev'] }, dev: {} }),
        'cleaning/package.json: the service cleaning uses dev, which is not in packages/',
      ],
    ],
  },
  {
    name: 'the viewer imports none of our packages',
    rule: viewerStandsAlone,
    right: workspace({ viewer: { uses: ['hono'] }, 'packages/http': {} }),
    wrong: [
      [
        'a package',
        workspace({ viewer: { uses: ['@hotel/http'] }, 'packages/http': {} }),
        'viewer/package.json: viewer uses @hotel/http, but must not use our packages',
      ],
    ],
  },
  {
    name: 'contracts depend only on zod',
    rule: contractsDependOnZodAlone,
    right: workspace({ 'packages/contracts': { uses: ['zod'] }, dispo: { uses: ['hono'] } }),
    wrong: [
      [
        'another package',
        workspace({ 'packages/contracts': { uses: ['zod', 'hono'] } }),
        'packages/contracts/package.json: contracts depend on hono, but may depend only on zod',
      ],
    ],
  },
  {
    name: 'features import no telemetry',
    rule: featuresImportNoTelemetry,
    right: workspace({
      dispo: {
        files: {
          'src/main.ts': "import '@opentelemetry/api';",
          'src/rooms/a.ts': "import 'zod';",
          'src/rooms/a.test.ts': "import '@hotel/telemetry';",
          'src/outbox/store.ts': "import type { Carrier } from '@hotel/telemetry';",
        },
      },
      examples: { files: { 'shop/src/order-service.ts': "import { annotate } from '@hotel/telemetry';" } },
      'packages/telemetry': { files: { 'src/queue/a.ts': "import '@opentelemetry/api';" } },
    }),
    wrong: [
      [
        'a feature that starts spans',
        workspace({ dispo: { files: { 'src/rooms/a.ts': "import { trace } from '@opentelemetry/api';" } } }),
        'dispo/src/rooms/a.ts: a feature imports @opentelemetry/api; only edges may',
      ],
      [
        'a feature that uses our telemetry',
        workspace({ cleaning: { files: { 'src/plan/a.ts': "import type { Carrier } from '@hotel/telemetry';" } } }),
        'cleaning/src/plan/a.ts: a feature imports @hotel/telemetry; only edges may',
      ],
      [
        'an example that uses OpenTelemetry outside of its lesson on it',
        workspace({ examples: { files: { 'shop/src/order-service.ts': "import '@opentelemetry/api';" } } }),
        'examples/shop/src/order-service.ts: a feature imports @opentelemetry/api; only edges may',
      ],
    ],
  },
  {
    name: 'only config.ts reads the environment',
    rule: onlyConfigReadsTheEnvironment,
    right: workspace({
      '': { files: { 'vitest.config.ts': 'process.env.CI' } },
      dispo: { files: { 'src/config.ts': 'process.env', 'src/a.test.ts': 'process.env', 'test/b.ts': 'process.env' } },
      'packages/telemetry': { files: { 'src/register.ts': 'process.env' } },
      viewer: { files: { 'bench/ingest.ts': 'process.env' } },
      bench: { files: { 'src/main.ts': 'process.env' } },
      dev: { files: { 'src/dev.ts': 'process.env' } },
    }),
    wrong: [
      [
        'a service',
        workspace({ dispo: { files: { 'src/app.ts': 'process.env.PORT' } } }),
        'dispo/src/app.ts: reads process.env, but only config.ts may',
      ],
      [
        'a package',
        workspace({ 'packages/http': { files: { 'src/app.ts': "import { env } from 'node:process';" } } }),
        'packages/http/src/app.ts: reads process.env, but only config.ts may',
      ],
    ],
  },
  {
    name: 'imports are declared',
    rule: importsAreDeclared,
    right: workspace({
      dispo: {
        uses: ['@hotel/http'],
        usesInDevelopment: ['pino'],
        files: {
          'src/a.ts': "import '@hotel/http/x.ts';\nimport 'node:fs';\nimport './b.ts';\nimport 'dispo/x';",
          'src/b.ts': "import type { Logger } from 'pino';",
          'src/a.test.ts': "import 'vitest';\nimport 'pino';",
          'browser/page.ts': "import 'pino';",
        },
      },
    }),
    wrong: [
      [
        'an undeclared package',
        workspace({ dispo: { files: { 'src/a.ts': "import { z } from 'zod/v4';" } } }),
        'dispo/src/a.ts: imports zod/v4, but dispo/package.json does not declare it',
      ],
      [
        'a package that is missing in production',
        workspace({ dispo: { usesInDevelopment: ['pino'], files: { 'src/a.ts': "import 'pino';" } } }),
        'dispo/src/a.ts: imports pino, but dispo/package.json does not declare it outside of devDependencies',
      ],
      [
        'a package that only another member declares',
        workspace({ dev: { uses: ['zod'] }, dispo: { files: { 'test/a.ts': "import 'zod';" } } }),
        'dispo/test/a.ts: imports zod, but dispo/package.json does not declare it',
      ],
    ],
  },
  {
    name: 'relative imports stay inside',
    rule: relativeImportsStayInside,
    right: workspace({ dispo: { files: { 'src/rooms/a.ts': "import '../b.ts';\nimport '../../package.json';" } } }),
    wrong: [
      [
        'a neighbour',
        workspace({ dispo: { files: { 'src/a.ts': "import '../../cleaning/src/b.ts';" } }, cleaning: {} }),
        'dispo/src/a.ts: ../../cleaning/src/b.ts leaves dispo; import the package',
      ],
      [
        'a member below',
        workspace({ '': { files: { 'a.ts': "import './dispo/src/b.ts';" } }, dispo: {} }),
        'a.ts: ./dispo/src/b.ts leaves the root; import the package',
      ],
      [
        'a file outside of the repository',
        workspace({ dispo: { files: { 'src/a.ts': "import '../../../elsewhere.ts';" } } }),
        'dispo/src/a.ts: ../../../elsewhere.ts leaves dispo; import the package',
      ],
    ],
  },
  {
    name: 'members have no cycles',
    rule: noCycles,
    right: workspace({
      'packages/a': { uses: ['@hotel/b', '@hotel/c'] },
      'packages/b': { uses: ['@hotel/c'] },
      'packages/c': {},
    }),
    wrong: [
      [
        'three packages, one in development',
        workspace({
          'packages/a': { uses: ['@hotel/b'] },
          'packages/b': { usesInDevelopment: ['@hotel/c'] },
          'packages/c': { files: { 'src/a.ts': "import '@hotel/a';" } },
        }),
        '@hotel/a -> @hotel/b -> @hotel/c -> @hotel/a is a cycle',
      ],
    ],
  },
  {
    name: 'folders are small',
    rule: foldersAreSmall,
    right: workspace({ dispo: { files: { ...numbered(15), 'src/0.test.ts': '', 'src/more/15.ts': '' } } }),
    wrong: [
      [
        'a folder with sixteen files',
        workspace({ dispo: { files: numbered(16) } }),
        'dispo/src has 16 source files, more than 15',
      ],
    ],
  },
];

function numbered(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`src/${n}.ts`, '']));
}

interface Described {
  uses?: string[];
  usesInDevelopment?: string[];
  files?: Record<string, string>;
}

/** A workspace of members, each with what it declares and its files (path below the folder, source). */
function workspace(members: Record<string, Described>): Member[] {
  const all: Record<string, Described> = { '': { usesInDevelopment: ['vitest'] }, ...members };
  return Object.entries(all).map(([folder, member]) => ({
    folder,
    name: folder.replace('packages/', '@hotel/') || 'otel-hotel',
    dependencies: member.uses ?? [],
    devDependencies: member.usesInDevelopment ?? [],
    files: Object.entries(member.files ?? {}).map(([path, source]) => ({
      path: folder ? `${folder}/${path}` : path,
      ...readSource(path, source),
    })),
  }));
}
