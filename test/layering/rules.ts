import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import type { Import } from './source.ts';
import { isInside, type Member, type SourceFile } from './workspace.ts';

/** Returns a sentence per violation in the workspace. */
export type Rule = (members: readonly Member[]) => string[];

/** Run or check the whole system; everything else outside of packages/ is a service. */
const TOOLS = ['dev', 'test', 'bench'];
const ENVIRONMENT_ALLOWED = ['packages/telemetry', 'packages/log', 'packages/runtime', 'packages/system', 'dev'];

function isPackage({ folder }: Member): boolean {
  return folder.startsWith('packages/');
}

function isService(member: Member): boolean {
  return member.folder !== '' && !isPackage(member) && !TOOLS.includes(member.folder);
}

/** Code that never runs in production may use devDependencies and read the environment. */
function isForDevelopment({ path }: SourceFile, { folder }: Member): boolean {
  if (folder === '' || folder === 'test' || folder === 'bench' || path.endsWith('.test.ts')) return true;
  // A system's description and preparation are read by the code that runs and checks it, never by the services.
  if (posix.basename(path) === 'system.ts' || /^examples\/[^/]+\/[^/]+\.ts$/.test(path)) return true;
  // `browser` is bundled by `build`, when an image is built or on a developer's machine.
  return ['test', 'bench', 'browser', 'build'].some((name) => isInside(path, `${folder}/${name}`));
}

/** All edges between members, from manifests and imports. */
function edges(members: readonly Member[]): Array<{ from: Member; to: Member; where: string }> {
  const byName = new Map(members.map((member) => [member.name, member]));
  return members.flatMap((from) => {
    const declared = [...from.dependencies, ...from.devDependencies].map((name) => ({ name, where: manifestOf(from) }));
    const imported = from.files.flatMap(({ path, imports }) =>
      imports.map(({ specifier }) => ({ name: packageOf(specifier), where: path })),
    );
    return [...declared, ...imported].flatMap(({ name, where }) => {
      const to = byName.get(name);
      return to && to !== from ? [{ from, to, where }] : [];
    });
  });
}

export const packagesImportOnlyPackages: Rule = (members) =>
  edges(members)
    .filter(({ from, to }) => isPackage(from) && !isPackage(to))
    .map(({ from, to, where }) => `${where}: the package ${from.name} uses ${to.name}, which is not in packages/`);

export const servicesImportOnlyPackages: Rule = (members) =>
  edges(members)
    .filter(({ from, to }) => isService(from) && !isPackage(to))
    .map(({ from, to, where }) => `${where}: the service ${from.name} uses ${to.name}, which is not in packages/`);

export const viewerStandsAlone: Rule = (members) =>
  edges(members)
    .filter(({ from }) => from.folder === 'viewer')
    .map(({ to, where }) => `${where}: viewer uses ${to.name}, but must not use our packages`);

export const contractsDependOnZodAlone: Rule = (members) =>
  members
    .filter(({ folder }) => folder === 'packages/contracts')
    .flatMap((contracts) =>
      [...contracts.dependencies, ...contracts.devDependencies]
        .filter((name) => name !== 'zod')
        .map((name) => `${manifestOf(contracts)}: contracts depend on ${name}, but may depend only on zod`),
    );

/**
 * The only files in folders of features that may import telemetry: the outbox, the relay, the consumer, and what the
 * examples do by hand.
 */
const EDGES = [
  'dispo/src/outbox/store.ts',
  'dispo/src/outbox/send.ts',
  'dispo/src/telemetry/cleaning-trace.ts',
  'cleaning/src/queue/attempt.ts',
  'cleaning/src/queue/consumer.ts',
  'cleaning/src/queue/dead-letters/mover.ts',
  'examples/bands/src/run.ts',
  'examples/bands/src/tracestate.ts',
  'examples/reservations/src/by-hand.ts',
  'examples/reservations/src/spans.ts',
  'examples/reservations/src/user-service.ts',
];
/** The examples' services annotate spans: that is what they teach. */
const LESSONS = /^examples\/[^/]+\/src\/[^/]+\.ts$/;
const TELEMETRY = /^@opentelemetry\/|^@hotel\/telemetry(\/|$)/;

export const featuresImportNoTelemetry: Rule = (members) =>
  members.filter(isService).flatMap((member) =>
    member.files
      .filter((file) => isFeature(file, member) && !isForDevelopment(file, member) && !EDGES.includes(file.path))
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ specifier }) => TELEMETRY.test(specifier))
          .filter(({ specifier }) => !(LESSONS.test(path) && specifier === '@hotel/telemetry'))
          .map(({ specifier }) => `${path}: a feature imports ${specifier}; only edges may`),
      ),
  );

/** Code in a folder of `src`, where files of `src` itself wire the process. An example's `src` holds its features. */
function isFeature({ path }: SourceFile, { folder }: Member): boolean {
  const inside = path.slice(`${folder}/`.length).split('/');
  return inside[0] === 'src' ? inside.length > 2 : inside[1] === 'src';
}

export const onlyConfigReadsTheEnvironment: Rule = (members) =>
  members.flatMap((member) =>
    member.files
      .filter((file) => file.readsEnvironment && !isForDevelopment(file, member))
      .filter(({ path }) => posix.basename(path) !== 'config.ts' && !ENVIRONMENT_ALLOWED.includes(member.folder))
      .map(({ path }) => `${path}: reads process.env, but only config.ts may`),
  );

export const importsAreDeclared: Rule = (members) => {
  const shared = members.find(({ folder }) => folder === '')?.devDependencies ?? [];
  const mayUse = (member: Member, file: SourceFile, { typeOnly }: Import) =>
    typeOnly || isForDevelopment(file, member)
      ? [...member.dependencies, ...member.devDependencies, ...shared]
      : member.dependencies;
  return members.flatMap((member) =>
    member.files.flatMap((file) =>
      file.imports
        .filter(({ specifier }) => !isRelative(specifier) && !isBuiltin(specifier))
        .filter((one) => ![member.name, ...mayUse(member, file, one)].includes(packageOf(one.specifier)))
        .map(({ specifier }) => {
          const inDev = member.devDependencies.includes(packageOf(specifier)) ? ' outside of devDependencies' : '';
          return `${file.path}: imports ${specifier}, but ${manifestOf(member)} does not declare it${inDev}`;
        }),
    ),
  );
};

export const relativeImportsStayInside: Rule = (members) =>
  members.flatMap((member) =>
    member.files.flatMap(({ path, imports }) =>
      imports
        .filter(({ specifier }) => isRelative(specifier))
        .map(({ specifier }) => ({ specifier, target: posix.join(posix.dirname(path), specifier) }))
        .filter(({ target }) => ownerOf(target, members) !== member)
        .map(({ specifier }) => `${path}: ${specifier} leaves ${member.folder || 'the root'}; import the package`),
    ),
  );

export const noCycles: Rule = (members) => {
  const next = Map.groupBy(edges(members), ({ from }) => from);
  const cycles = new Map<string, string>();
  const follow = (member: Member, path: Member[]) => {
    const start = path.indexOf(member);
    if (start !== -1) {
      const names = path.slice(start).map(({ name }) => name);
      const key = names.toSorted().join();
      if (!cycles.has(key)) cycles.set(key, `${[...names, member.name].join(' -> ')} is a cycle`);
      return;
    }
    for (const to of new Set(next.get(member)?.map((edge) => edge.to))) follow(to, [...path, member]);
  };
  for (const member of members) follow(member, []);
  return [...cycles.values()];
};

const MAX_FILES = 15;

/** A reader finds a file by its folder; a folder with more of them has more than one subject. Tests do not count. */
export const foldersAreSmall: Rule = (members) => {
  const sources = members.flatMap(({ files }) => files).filter(({ path }) => !/\.test\.ts$/.test(path));
  return [...Map.groupBy(sources, ({ path }) => posix.dirname(path))]
    .filter(([, files]) => files.length > MAX_FILES)
    .map(([folder, files]) => `${folder} has ${files.length} source files, more than ${MAX_FILES}`);
};

function ownerOf(path: string, members: readonly Member[]): Member | undefined {
  if (path.startsWith('../')) return undefined;
  return members
    .filter(({ folder }) => isInside(path, folder))
    .sort((a, b) => b.folder.length - a.folder.length)
    .at(0);
}

function manifestOf({ folder }: Member): string {
  return posix.join(folder, 'package.json');
}

function isRelative(specifier: string): boolean {
  return /^\.{1,2}(\/|$)/.test(specifier);
}

/** `@scope/name` of `@scope/name/file.ts`. */
function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
