import { resolve } from 'node:path';
import { readRun, type Urls } from './run-file.ts';

export const ROOT = resolve(import.meta.dirname, '../..');

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the run keeps its data: `HOTEL_DATA_DIR`, else `.hotel/data` of the repository. */
export function dataDirOf(env: Environment): string {
  return resolve(env.HOTEL_DATA_DIR || resolve(ROOT, '.hotel/data'));
}

const STANDARD: Urls = {
  DISPO_URL: 'http://127.0.0.1:8080',
  CLEANING_URL: 'http://127.0.0.1:8081',
  JAEGER_QUERY_URL: 'http://127.0.0.1:16686',
};

/** Where a command goes: what the environment says, else the run on this data, else the standard ports. No slash at the end. */
export async function targetUrls(env: Environment) {
  const run = await readRun(dataDirOf(env));
  const of = (name: 'DISPO_URL' | 'CLEANING_URL' | 'JAEGER_QUERY_URL'): string =>
    (env[name] || run?.urls[name] || STANDARD[name] || '').replace(/\/+$/, '');
  return { dispo: of('DISPO_URL'), cleaning: of('CLEANING_URL'), jaeger: of('JAEGER_QUERY_URL') };
}
