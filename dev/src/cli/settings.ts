import { resolve } from 'node:path';
import type { InternalTarget } from '@hotel/contracts';
import { readRun } from '../run/run-file.ts';
import { exampleNames } from '../systems/examples.ts';

export const ROOT = resolve(import.meta.dirname, '../../..');

type Environment = Readonly<Record<string, string | undefined>>;

/** Data folder of a run: `HOTEL_DATA_DIR`, else `.hotel/data` of the repository; for an example `.hotel/examples/NAME`. */
export function dataDirOf(env: Environment, example?: string): string {
  return resolve(
    env.HOTEL_DATA_DIR || resolve(ROOT, example === undefined ? '.hotel/data' : `.hotel/examples/${example}`),
  );
}

const STANDARD_PORTS = {
  DISPO_URL: 8080,
  CLEANING_URL: 8081,
  JAEGER_QUERY_URL: 16686,
  DISPO_INTERNAL_URL: 9080,
  CLEANING_INTERNAL_URL: 9081,
};

/** The current run of this clone: the hotel's, else the first example's; with an offset, only a run with that offset. */
export async function currentRun(env: Environment, portOffset?: number) {
  for (const example of [undefined, ...exampleNames]) {
    const run = await readRun(dataDirOf(env, example));
    if (run && (portOffset === undefined || portOffset === run.portOffset)) return run;
  }
  return undefined;
}

/** Resolves an address: from the environment, else the current run, else the standard port. No trailing slash. */
async function addresses(env: Environment, portOffset = 0) {
  const run = await currentRun(env, portOffset || undefined);
  return (name: keyof typeof STANDARD_PORTS): string => {
    const standard = `http://127.0.0.1:${STANDARD_PORTS[name] + portOffset}`;
    return (env[name] || run?.urls[name] || standard).replace(/\/+$/, '');
  };
}

/** Addresses of the hotel and its traces. */
export async function targetUrls(env: Environment, portOffset?: number) {
  const of = await addresses(env, portOffset);
  return { dispo: of('DISPO_URL'), cleaning: of('CLEANING_URL'), jaeger: of('JAEGER_QUERY_URL') };
}

/** The internal listeners, with their token. */
export async function internalTargets(
  env: Environment,
  portOffset?: number,
): Promise<Record<'dispo' | 'cleaning', InternalTarget>> {
  const of = await addresses(env, portOffset);
  const token = env.HOTEL_INTERNAL_TOKEN?.split(',')[0] || undefined;
  return {
    dispo: { url: of('DISPO_INTERNAL_URL'), token },
    cleaning: { url: of('CLEANING_INTERNAL_URL'), token },
  };
}
