import { setTimeout as sleep } from 'node:timers/promises';
import { httpJson } from '@hotel/trace-test';
import { NEW_CONNECTION, NOT_SAMPLED } from '../load/client.ts';
import { PROCESSES, type ProcessName } from '../replicas.ts';
import type { World } from '../world.ts';
import type { Findings } from './findings.ts';

const POLL_MS = 200;
/** The kernel chooses the replica that answers. */
const REQUESTS_PER_REPLICA = 3;

const ports: Record<ProcessName, string> = {
  dispo: 'DISPO_INTERNAL_PORT',
  cleaning: 'CLEANING_INTERNAL_PORT',
  'cleaning-worker': 'WORKER_INTERNAL_PORT',
};

interface Readiness {
  status: number;
  body: { status: string; checks: Record<string, { ok: boolean; detail: string }> };
}

/** Reports a finding unless every service reports this status within the time, in all of several requests. */
export async function requireReadiness(
  world: World,
  findings: Findings,
  expected: 'ok' | 'unavailable',
  { withinMs, since, services = PROCESSES }: { withinMs: number; since: string; services?: readonly ProcessName[] },
): Promise<void> {
  const end = performance.now() + withinMs;
  await Promise.all(
    services.map(async (service) => {
      for (;;) {
        const other = await findOther(world, service, expected);
        if (other === undefined) return;
        if (performance.now() > end) {
          findings.wrong.push(`/readyz of ${service} is not "${expected}" ${since}, but ${other}`);
          return;
        }
        await sleep(POLL_MS);
      }
    }),
  );
}

/** The first answer with another status. */
async function findOther(world: World, service: ProcessName, expected: string): Promise<string | undefined> {
  const url = `${world.url(ports[service])}/readyz`;
  const requests = Array.from({ length: REQUESTS_PER_REPLICA * world.replicas.of(service).length }, () => ask(url));
  const answers = await Promise.all(requests);
  const other = answers.find(
    ({ status, body }) => body.status !== expected || status !== (expected === 'ok' ? 200 : 503),
  );
  return other && `${other.status} ${JSON.stringify(other.body.checks ?? other.body)}`;
}

async function ask(url: string): Promise<Readiness> {
  try {
    return await httpJson<Readiness['body']>(url, {
      headers: { ...NOT_SAMPLED, ...NEW_CONNECTION },
      signal: AbortSignal.timeout(5_000),
    });
  } catch (error) {
    return { status: 0, body: { status: `no answer: ${error}`, checks: {} } };
  }
}
