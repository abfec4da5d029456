import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, withReplicas } from '@hotel/system';
import { createQueryClient, httpJson, matchTrace } from '@hotel/trace-test';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ROOT } from '../src/cli/settings.ts';
import { readRun } from '../src/run/run-file.ts';
import { hotel } from '../src/systems/hotel.ts';
import { isConfirmed } from '../src/trace/complete.ts';

interface Booking {
  id: number;
  room_id: number;
  start: string;
  end: string;
  cleaning: string;
}

const ROOMS = 10;
const BOOKINGS = 200;

let dataDir: string;
let env: NodeJS.ProcessEnv;
const started: ChildProcess[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hotel-scale-'));
  const names = withReplicas(hotel, 3).processes.flatMap((spec) => Object.keys(spec.ports));
  const ports = await freePorts(names.length);
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  env = {
    ...{ PATH, HOME, NODE_COMPILE_CACHE, HOTEL_DATA_DIR: dataDir, HOTEL_READY_TIMEOUT_MS: '110000' },
    ...Object.fromEntries(names.map((name, index) => [name, String(ports[index])])),
  };
});
afterEach(async () => {
  for (const child of started.splice(0)) await stop(child);
  await rm(dataDir, { recursive: true, force: true });
});

/** Runs `dev` until it is ready. */
async function dev(...args: string[]) {
  const child = spawn(process.execPath, [join(ROOT, 'dev/src/dev.ts'), '--no-watch', ...args], { env });
  started.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += data));
  await expect.poll(() => /^ready in/m.test(text) || child.exitCode !== null, { timeout: 120_000 }).toBe(true);
  expect(text).toMatch(/^ready in/m);
  const urls = (await readRun(dataDir))?.urls ?? {};
  return {
    child,
    text,
    dispo: `${urls.DISPO_URL}/api/v1/bookings`,
    traces: createQueryClient(`${urls.JAEGER_QUERY_URL}`),
  };
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGINT');
    await once(child, 'exit');
  }
  return child.exitCode;
}

function nightsOf({ room_id, start, end }: Booking): string[] {
  const nights: string[] = [];
  for (let day = Date.parse(start); day < Date.parse(end); day += 86_400_000) {
    nights.push(`room ${room_id}, ${new Date(day).toISOString().slice(0, 10)}`);
  }
  return nights;
}

it.runIf(process.platform === 'linux')(
  'lets each night once with three processes of each service, plans every booking, and keeps its trace whole',
  { timeout: 400_000 },
  async () => {
    const { child, text, dispo, traces } = await dev('--postgres', '--scale=3');
    expect(text).toMatch(/^ {2}dispo-1\.\.3 /m);

    // Two nights each from one of five days, so that most of them conflict.
    const answers = await Promise.all(
      Array.from({ length: BOOKINGS }, (_, index) => {
        const day = 1 + (Math.floor(index / ROOMS) % 5);
        const body = { room_id: 1 + (index % ROOMS), start: `2027-03-0${day}`, end: `2027-03-0${day + 2}` };
        return httpJson<Booking>(dispo, { method: 'POST', body });
      }),
    );
    const accepted = answers.filter(({ status }) => status === 201);
    expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
    const nights = accepted.flatMap(({ body }) => nightsOf(body));
    expect(nights).toHaveLength(new Set(nights).size);
    expect(accepted.length).toBeGreaterThanOrEqual(2 * ROOMS);

    for (const { body } of accepted) {
      await expect
        .poll(async () => (await httpJson<Booking>(`${dispo}/${body.id}`)).body.cleaning, { timeout: 60_000 })
        .toBe('planned');
    }
    const instances = new Set<unknown>();
    const databases = new Set<unknown>();
    for (const { traceId = '' } of accepted) {
      await expect.poll(async () => isConfirmed(await traces.trace(traceId)), { timeout: 60_000 }).toBe(true);
      const spans = await traces.trace(traceId);
      expect(matchTrace(spans, hotel.expectedTraces.booking)).toEqual([]);
      for (const { resource, attributes } of spans) {
        instances.add(resource['service.instance.id']);
        databases.add(attributes['db.system.name']);
      }
    }
    expect(databases.has('postgresql') && !databases.has('sqlite')).toBe(true);
    expect([...instances]).toEqual(expect.arrayContaining(['dispo-1', 'dispo-2', 'dispo-3']));

    expect(await stop(child)).toBe(0);
    const restarted = await dev('--postgres');
    const [kept] = accepted;
    expect((await httpJson<Booking>(`${restarted.dispo}/${kept?.body.id}`)).body.room_id).toBe(kept?.body.room_id);
  },
);
