import { resolve } from 'node:path';
import type { InternalTarget } from '@hotel/contracts';
import { readRun, type Urls } from '../run/run-file.ts';
import { exampleNames } from '../systems/examples.ts';

export const ROOT = resolve(import.meta.dirname, '../../..');

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the run keeps its data: `HOTEL_DATA_DIR`, else `.hotel/data` of the repository, an example's in `.hotel/examples/NAME`. */
export function dataDirOf(env: Environment, example?: string): string {
  return resolve(
    env.HOTEL_DATA_DIR || resolve(ROOT, example === undefined ? '.hotel/data' : `.hotel/examples/${example}`),
  );
}

const STANDARD: Urls = {
  DISPO_URL: 'http://127.0.0.1:8080',
  CLEANING_URL: 'http://127.0.0.1:8081',
  JAEGER_QUERY_URL: 'http://127.0.0.1:16686',
};

/** The run that the commands are about: the hotel's, else the first example's that there is. */
async function currentRun(env: Environment) {
  for (const example of [undefined, ...exampleNames]) {
    const run = await readRun(dataDirOf(env, example));
    if (run) return run;
  }
  return undefined;
}

/** Where a command goes: what the environment says, else what runs, else the standard ports. No slash at the end. */
export async function targetUrls(env: Environment) {
  const run = await currentRun(env);
  const of = (name: 'DISPO_URL' | 'CLEANING_URL' | 'JAEGER_QUERY_URL'): string =>
    (env[name] || run?.urls[name] || STANDARD[name] || '').replace(/\/+$/, '');
  return { system: run?.system, dispo: of('DISPO_URL'), cleaning: of('CLEANING_URL'), jaeger: of('JAEGER_QUERY_URL') };
}

/** The internal listeners: what the environment says, else what runs on this data, else the standard ports. */
export async function internalTargets(env: Environment): Promise<Record<'dispo' | 'cleaning', InternalTarget>> {
  const run = await readRun(dataDirOf(env));
  const token = env.HOTEL_INTERNAL_TOKEN?.split(',')[0] || undefined;
  const of = (name: string, standard: string) => ({ url: env[name] || run?.urls[name] || standard, token });
  return {
    dispo: of('DISPO_INTERNAL_URL', 'http://127.0.0.1:9080'),
    cleaning: of('CLEANING_INTERNAL_URL', 'http://127.0.0.1:9081'),
  };
}
