import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { httpJson } from '@hotel/trace-test';

const GUESTS = 8;
const PAUSE_MS = 25;
/** Ends what hangs, even on a machine that is several times slower. */
const ANSWER_MS = 30_000;
const DAY_MS = 86_400_000;

/** Years between two loads, so that their bookings do not conflict. */
const YEARS = 30;
let loads = 0;

export interface Load {
  /** Requests answered by something other than the expected status, or not at all. */
  readonly failures: string[];
  /** Ids of acknowledged bookings. */
  readonly booked: number[];
  readonly requests: () => number;
  stop(): Promise<void>;
}

interface Answer {
  status: number;
  body: string;
}

/**
 * Guests who book, read, change and check in, and cleaners who read the plan. Half of them keep their connections
 * open, half open one per request.
 */
export async function startLoad({ dispo, cleaning }: { dispo: string; cleaning: string }): Promise<Load> {
  const { body: rooms } = await httpJson<Array<{ id: number }>>(`${dispo}/api/v1/rooms`);
  const failures: string[] = [];
  const booked: number[] = [];
  let requests = 0;
  let stopped = false;
  const firstDay = Date.UTC(2040 + YEARS * loads++, 0, 1);
  const agents: Agent[] = [];

  async function guest(index: number): Promise<void> {
    const agent = new Agent({ keepAlive: index % 2 === 0, maxSockets: 1 });
    agents.push(agent);
    const ask = async (method: string, url: string, expected: number[], body?: object): Promise<Answer | undefined> => {
      requests += 1;
      const answer = await send(agent, method, url, body).catch((error: NodeJS.ErrnoException) => error);
      if (!(answer instanceof Error) && expected.includes(answer.status)) return answer;
      const what = answer instanceof Error ? (answer.code ?? answer.message) : `${answer.status} ${answer.body}`;
      failures.push(`${new Date().toISOString()} ${method} ${new URL(url).pathname}: ${what}`);
      return undefined;
    };
    for (let night = 0; !stopped; night += 3) {
      // Each guest has a room, and each stay its own nights: no booking conflicts with another.
      const day = (offset: number) => new Date(firstDay + (night + offset) * DAY_MS).toISOString().slice(0, 10);
      const stay = { room_id: rooms[index]?.id, start: day(0), end: day(1) };
      const created = await ask('POST', `${dispo}/api/v1/bookings`, [201], stay);
      if (created) {
        const { id } = JSON.parse(created.body) as { id: number };
        booked.push(id);
        const url = `${dispo}/api/v1/bookings/${id}`;
        await ask('GET', url, [200]);
        await ask('PATCH', url, [200], { end: day(2) });
        // 409 where the room is not clean, which dispo asks cleaning.
        await ask('POST', `${url}/check-in`, [200, 409]);
        await ask('POST', `${url}/check-out`, [200, 409]);
      }
      await ask('GET', `${cleaning}/api/v1/days?start=${day(0)}&end=${day(2)}`, [200]);
      await sleep(PAUSE_MS);
    }
  }

  const guests = Promise.all(Array.from({ length: GUESTS }, (_, index) => guest(index)));
  return {
    failures,
    booked,
    requests: () => requests,
    async stop() {
      stopped = true;
      await guests;
      for (const agent of agents) agent.destroy();
    },
  };
}

/** Not `fetch`, which retries some requests on its own. */
function send(agent: Agent, method: string, url: string, body?: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = body ? { 'content-type': 'application/json' } : {};
    const request = httpRequest(url, { agent, method, headers, timeout: ANSWER_MS }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${ANSWER_MS / 1_000} s`)));
    request.on('error', reject);
    request.end(body ? JSON.stringify(body) : undefined);
  });
}
