import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { httpJson, type TracedSystem } from '@hotel/trace-test';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { book, startHotel, waitUntilPlanned } from '../e2e/harness/hotel.ts';
import { processesOf, REPLICAS } from '../e2e/harness/replicas.ts';
import { createRandom, type Random } from '../faults/load/random.ts';
import { type Api, readApi } from './fuzz/document.ts';
import { generate, type Shot } from './fuzz/generate.ts';
import { type Answer, judge } from './fuzz/judge.ts';

/** The same requests each time, so that a regression fails at once; `random` searches for new failures. */
const { HOSTILE_SEED = '20261121' } = process.env;
const SEED = HOSTILE_SEED === 'random' ? Date.now() % 2 ** 32 : Number(HOSTILE_SEED);
const SHOTS = { DISPO_PORT: 15_000, CLEANING_PORT: 5_000 } as const;
const AT_A_TIME = 16;
/** No request takes this long: without a response by then it hangs. */
const HANGS_AFTER_MS = 20_000;
/** How much a heap may grow before garbage collection; 20,000 leaked requests would take far more. */
const MAY_GROW_BY_BYTES = 300 * 2 ** 20;
const MAX_FINDINGS = 10;

let traced: TracedSystem;
beforeAll(async () => {
  console.log(`the seed of the attack is ${SEED}; HOSTILE_SEED=${SEED} repeats it`);
  const sampled = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.02' };
  // Slow machines are not under test here.
  const patient = { HOTEL_CLEANING_TIMEOUT_MS: '20000', LOG_LEVEL: 'info' };
  traced = await startHotel({ env: { ...sampled, ...patient, HOTEL_TRACE_EDGE: 'restart' } });
});
afterAll(() => traced?.stop());

function fire(agent: Agent, { port }: { port: number }, { method, target, headers, body }: Shot): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, agent, method, path: target, headers, timeout: HANGS_AFTER_MS };
    const outgoing = request(options, async (answer) => {
      const { statusCode: status = 0, headers } = answer;
      resolve({ status, headers, body: await text(answer) });
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Sends this many requests and returns what was wrong with the first faulty responses. */
async function attack(random: Random, api: Api, shots: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_A_TIME });
  const statuses = new Map<number, number>();
  const findings: unknown[] = [];
  const shoot = async () => {
    while (shots-- > 0 && findings.length < MAX_FINDINGS) {
      const shot = generate(random, api);
      const { method, target, headers, body } = shot;
      const sent = { method, target, headers, body: body?.subarray(0, 500).toString('latin1') };
      try {
        const answer = await fire(agent, { port: Number(new URL(api.url).port) }, shot);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        const wrong = judge(shot, answer, api);
        if (wrong.length > 0) findings.push({ wrong, sent, got: answer.body.slice(0, 500) });
      } catch (error) {
        findings.push({ wrong: String(error), sent });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, shoot));
  agent.destroy();
  return { findings, statuses };
}

async function residentBytes(name: string): Promise<number> {
  let bytes = 0;
  for (const { pid } of processesOf(traced, name)) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    bytes += Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1_024;
  }
  return bytes;
}

it.each([
  ['DISPO_PORT', 'dispo'],
  ['CLEANING_PORT', 'cleaning'],
] as const)(
  'requests to %s are answered as documented, never by 5xx, and leave nothing behind',
  async (port, name) => {
    const random = createRandom(SEED + SHOTS[port]);
    const api = await readApi(traced.url(port));
    const warmUp = await attack(random, api, SHOTS[port] / 10);
    const before = await residentBytes(name);
    const { findings, statuses } = await attack(random, api, SHOTS[port]);
    expect([...warmUp.findings, ...findings]).toEqual([]);
    // Otherwise the attack would have been harmless.
    for (const status of port === 'DISPO_PORT' ? [200, 201, 204, 400, 404, 409, 413, 415, 422] : [200, 404, 422]) {
      expect([...statuses.keys()]).toContain(status);
    }
    expect((await residentBytes(name)) - before).toBeLessThan(REPLICAS * MAY_GROW_BY_BYTES);
  },
  300_000,
);

it('afterwards a booking is made and planned as usual, and nothing unexpected has been logged', async () => {
  const room = await httpJson<{ id: number }>(`${traced.url('DISPO_PORT')}/api/v1/rooms`, {
    method: 'POST',
    body: { number: `after-${SEED}`, name: 'After the attack' },
  });
  const { booking } = await book(traced, { room_id: room.body.id, start: '2027-02-04', end: '2027-02-06' });
  await waitUntilPlanned(traced, booking.id, 60_000);
  const lines = traced.lines().filter(({ process }) => process === 'dispo' || process === 'cleaning');
  expect(lines.filter(({ text }) => /"level":"(error|fatal)"/.test(text))).toEqual([]);
}, 240_000);
