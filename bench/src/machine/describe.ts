import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../../..');

/** The conditions of a measurement. Nothing in it identifies the machine. */
export interface Conditions {
  date: string;
  commit: string;
  rounds: number;
  cores: number;
  processor: string;
  memoryGb: number;
  system: string;
  versions: Record<string, string>;
}

const VERSIONS_OF = ['hono', '@hono/node-server', 'better-sqlite3', 'bullmq', 'ioredis', '@opentelemetry/sdk-trace'];

export function describeConditions(rounds: number): Conditions {
  return {
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    commit: commitOf(root),
    rounds,
    cores: cpus().length,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release().split('-')[0]}`,
    versions: {
      node: process.versions.node,
      ...Object.fromEntries(VERSIONS_OF.map((name) => [name, versionOf(name)])),
    },
  };
}

function commitOf(folder: string): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();
  try {
    const changed = git('status', '--porcelain', '--', '*.ts', '*.json', '*.sql', ':!bench') !== '';
    return git('rev-parse', '--short', 'HEAD') + (changed ? ' with changes' : '');
  } catch {
    return 'unknown';
  }
}

/** Read from the manifest file, because not every package exports it. */
function versionOf(name: string): string {
  const require = createRequire(import.meta.url);
  const folder = require.resolve.paths(name)?.map((path) => join(path, name, 'package.json')) ?? [];
  for (const file of folder) {
    try {
      return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
    } catch {
      // Not here: try the next folder up.
    }
  }
  return 'unknown';
}
