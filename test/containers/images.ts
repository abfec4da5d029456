import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { ROOT } from '../manifests/kustomize.ts';
import { run } from './commands.ts';
import type { Engine } from './engine.ts';

const SUITE = 'bookworm';
const PACKAGES = ['ca-certificates', 'libstdc++6', 'redis-server', 'postgresql-15', 'python3', 'python3-venv'];
/** Users of the real images. */
const USERS = [
  { name: 'node', id: '1000' },
  { name: 'database', id: '999' },
];

/**
 * Replaces the real base images with one built from Debian's and npm's packages: Debian with Redis, PostgreSQL, Python,
 * Node and npm. It has their names, so that unmodified Dockerfiles and manifests find it and nothing is pulled.
 */
export async function importBases(engine: Engine, names: readonly string[]): Promise<void> {
  const archive = join(ROOT, '.hotel/containers', `${[SUITE, ...PACKAGES].join('-')}.tar`);
  if (!existsSync(archive)) await makeRootFileSystem(engine, archive);
  const [first = '', ...others] = names;
  const env = { ...(process.env.NODE_EXTRA_CA_CERTS ? { NODE_EXTRA_CA_CERTS: CA_FILE } : {}) };
  const changes = Object.entries(env).map(([name, value]) => `--change=ENV ${name}=${value}`);
  await engine.docker(['import', ...changes, archive, first]);
  await fillPnpmStore(engine, first);
  for (const other of others) await engine.docker(['tag', first, other]);
}

/** Certificates of a private authority in front of registries go into the base, so that Dockerfiles need no change. */
const CA_FILE = '/etc/ssl/certs/ca-certificates.crt';

async function makeRootFileSystem({ folder }: Engine, archive: string): Promise<void> {
  const root = join(folder, 'root');
  await run('debootstrap', ['--variant=minbase', `--include=${PACKAGES.join(',')}`, SUITE, root]);
  await addNode(root, folder);
  // On PATH, as in the real image.
  await run('chroot', [root, 'sh', '-c', 'ln -s /usr/lib/postgresql/*/bin/* /usr/local/bin']);
  for (const { name, id } of USERS) {
    await run('chroot', [root, 'groupadd', '--gid', id, name]);
    await run('chroot', [root, 'useradd', '--uid', id, '--gid', id, '--create-home', name]);
  }
  await configureNpm(root);
  await configurePip(root);
  await rm(join(root, 'var/cache/apt'), { recursive: true, force: true });
  await mkdir(dirname(archive), { recursive: true });
  await run('tar', ['--create', '--file', `${archive}.part`, '--directory', root, '.']);
  await rm(root, { recursive: true, force: true });
  await rename(`${archive}.part`, archive);
}

/**
 * Copies the packages installed on this machine into the cache that the Dockerfiles mount: downloading them takes a minute
 * per image.
 */
async function fillPnpmStore(engine: Engine, base: string): Promise<void> {
  const store = (await run('npx', ['-y', 'pnpm@12', 'store', 'path'], { cwd: ROOT })).trim();
  if (!existsSync(store)) return;
  const dockerfile = join(engine.folder, 'Dockerfile');
  const mounts = '--mount=type=bind,target=/installed --mount=type=cache,id=pnpm,target=/pnpm-store';
  await writeFile(dockerfile, `FROM ${base}\nRUN ${mounts} cp --recursive /installed /pnpm-store/${basename(store)}\n`);
  const copy = () =>
    engine.docker(['build', '--quiet', '--network', 'none', '--file', dockerfile, store], { DOCKER_BUILDKIT: '1' });
  // A concurrent install changes the store while it is read, so files may disappear.
  await copy().catch(copy);
}

async function addNode(root: string, folder: string): Promise<void> {
  const local = join(root, 'usr/local');
  const modules = join(local, 'lib/node_modules');
  await mkdir(modules, { recursive: true });
  const node = dirname(createRequire(join(ROOT, 'package.json')).resolve('node/package.json'));
  await copyFile(join(node, 'bin/node'), join(local, 'bin/node'));
  await run('npm', ['pack', '--silent', 'npm@11'], { cwd: folder });
  await run('sh', ['-c', 'tar -xzf npm-*.tgz'], { cwd: folder });
  await cp(join(folder, 'package'), join(modules, 'npm'), { recursive: true });
  for (const name of ['npm', 'npx']) {
    await symlink(`../lib/node_modules/npm/bin/${name}-cli.js`, join(local, 'bin', name));
  }
}

async function configureNpm(root: string): Promise<void> {
  const registry = (await run('npm', ['config', 'get', 'registry'])).trim();
  const lines = [`registry=${registry}`];
  if (process.env.NODE_EXTRA_CA_CERTS) {
    await writeFile(join(root, CA_FILE), await readFile(process.env.NODE_EXTRA_CA_CERTS));
    lines.push(`cafile=${CA_FILE}`);
  }
  await writeFile(join(root, 'root/.npmrc'), `${lines.join('\n')}\n`);
}

async function configurePip(root: string): Promise<void> {
  const configured = run('python3', ['-m', 'pip', 'config', 'get', 'global.index-url']).catch(() => '');
  const index = process.env.PIP_INDEX_URL ?? (await configured).trim();
  const lines = [
    '[global]',
    ...(index ? [`index-url = ${index}`] : []),
    ...(process.env.NODE_EXTRA_CA_CERTS ? [`cert = ${CA_FILE}`] : []),
  ];
  await writeFile(join(root, 'etc/pip.conf'), `${lines.join('\n')}\n`);
}

export interface Build {
  /** The folder of the Dockerfile. */
  name: string;
  tag: string;
  /** Default: the last stage, which runs in production. */
  target?: 'dev';
}

/** Builds an image from its Dockerfile. @returns the builder's output */
export function buildImage(engine: Engine, { name, tag, target }: Build): Promise<string> {
  const args = ['--file', join(ROOT, name, 'Dockerfile'), ...(target ? ['--target', target] : []), '--tag', tag];
  // The engine has no internet access; only `RUN` needs the package registry.
  return engine.docker(['build', '--network', 'host', ...args, ROOT], {
    DOCKER_BUILDKIT: '1',
  });
}
