import { httpJson, type TracedSystem } from '@hotel/trace-test';
import { REPLICAS } from './replicas.ts';

export interface Readiness {
  status: number;
  body: {
    status: string;
    checks: Record<string, { ok: boolean; detail: string }>;
    telemetry: { enabled: boolean; dropped_spans: number };
  };
}

/** So many new connections reach every replica: the kernel chooses one at random. */
const FROM_ALL = REPLICAS === 1 ? 1 : 40;
const POLL_MS = 20;
const TIMEOUT_MS = 60_000;

/** The readiness of a replica of the service whose internal listener is at `port`. */
export function readiness(traced: Pick<TracedSystem, 'url'>, port: string): Promise<Readiness> {
  return httpJson<Readiness['body']>(`${traced.url(port)}/readyz`, { headers: { connection: 'close' } });
}

/** Waits until every replica answers so. Each request of `ask` has to use a new connection. */
export async function everyReplica<Answer>(
  ask: () => Promise<Answer>,
  holds: (answer: Answer) => boolean,
): Promise<void> {
  const end = performance.now() + TIMEOUT_MS;
  for (let inARow = 0; inARow < FROM_ALL; ) {
    const answer = await ask();
    inARow = holds(answer) ? inARow + 1 : 0;
    if (inARow > 0) continue;
    if (performance.now() > end) throw new Error(`a replica still answers ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
