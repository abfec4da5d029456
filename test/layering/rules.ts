import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import type { Import } from './source.ts';
import { isInside, type Member, type SourceFile } from './workspace.ts';

/** Says what is wrong in the workspace, a sentence each; nothing when it is right. */
export type Rule = (members: readonly Member[]) => string[];

/** Run or check the system as a whole; everything else outside of packages/ is a service of its own. */
const TOOLS = ['dev', 'test', 'bench'];
const ENVIRONMENT_ALLOWED = ['packages/telemetry', 'packages/log', 'packages/runtime', 'packages/system', 'dev'];

function isPackage({ folder }: Member): boolean {
  return folder.startsWith('packages/');
}

function isService(member: Member): boolean {
  return member.folder !== '' && !isPackage(member) && !TOOLS.includes(member.folder);
}

/** Code that never runs in production: it may use devDependencies and read the environment. */
function isForDevelopment({ path }: SourceFile, { folder }: Member): boolean {
  if (folder === '' || folder === 'test' || folder === 'bench' || path.endsWith('.test.ts')) return true;
  // A system as data is read by what runs and checks it, never by the services themselves.
  if (posix.basename(path) === 'system.ts') return true;
  return isInside(path, `${folder}/test`) || isInside(path, `${folder}/bench`);
}

/** Every edge from one member to another, as its manifest or an import says. */
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
    .map(({ to, where }) => `${where}: viewer uses ${to.name}, but imports nothing of ours`);

export const contractsDependOnZodAlone: Rule = (members) =>
  members
    .filter(({ folder }) => folder === 'packages/contracts')
    .flatMap((contracts) =>
      [...contracts.dependencies, ...contracts.devDependencies]
        .filter((name) => name !== 'zod')
        .map((name) => `${manifestOf(contracts)}: contracts depend on ${name}, but may on zod alone`),
    );

export const featuresKnowNoTelemetry: Rule = (members) =>
  members
    .filter(isService)
    .flatMap(({ folder, files }) =>
      files
        .filter(({ path }) => path.startsWith(`${folder}/src/`) && path.slice(`${folder}/src/`.length).includes('/'))
        .flatMap(({ path, imports }) =>
          imports
            .filter(({ specifier }) => specifier.startsWith('@opentelemetry/'))
            .map(({ specifier }) => `${path}: a feature imports ${specifier}; telemetry belongs to the edges`),
        ),
    );

export const onlyConfigReadsTheEnvironment: Rule = (members) =>
  members.flatMap((member) =>
    member.files
      .filter((file) => file.readsEnvironment && !isForDevelopment(file, member))
      .filter(({ path }) => posix.basename(path) !== 'config.ts' && !ENVIRONMENT_ALLOWED.includes(member.folder))
      .map(({ path }) => `${path}: reads process.env, which only config.ts may`),
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
          return `${file.path}: imports ${specifier}, which ${manifestOf(member)} does not declare${inDev}`;
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
