/** The budgets: time from `pnpm dev` to `ready` and from POST to the complete trace, memory at rest, spans while idle. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePorts } from '@hotel/system';
import { createQueryClient, httpJson, matchTrace, type Span, waitForTrace } from '@hotel/trace-test';
import { hotel } from 'dev/system';
import type { Figure } from '../figures/answer.ts';
import { figureOf, type Sample } from '../figures/samples.ts';
import { quietly } from '../machine/busy.ts';
import type { Question } from '../question.ts';
import { resources } from '../resources.ts';

const root = join(import.meta.dirname, '../../..');
const BOOKINGS = 10;
const REST_MS = 10_000;
const IDLE_MS = 60_000;

interface Run extends AsyncDisposable {
  child: ChildProcess;
  ports: Record<string, number>;
  readyMs: number;
}

/** The embedded run as a user starts it, on free ports with separate data. */
async function startDev(): Promise<Run> {
  const names = hotel.processes.flatMap((spec) => Object.keys(spec.ports));
  const free = await freePorts(names.length);
  const ports = Object.fromEntries(names.map((name, i) => [name, free[i] as number]));
  const dataDir = await mkdtemp(join(tmpdir(), 'hotel-bench-'));
  const env = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)]));
  const began = performance.now();
  const child = spawn('npx', ['-y', 'pnpm@12', 'dev', '--no-watch'], {
    cwd: root,
    env: { ...process.env, ...env, HOTEL_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  // Signal the process group, as Ctrl-C in a terminal does.
  const ending = {
    async [Symbol.asyncDispose]() {
      if (child.pid && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGINT');
      await exited;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  const release = resources.own(ending);
  const readyMs = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('ready')) resolve(performance.now() - began);
    });
    void exited.then(() => reject(new Error('the embedded run ended before it was ready')));
  });
  return {
    child,
    ports,
    readyMs,
    async [Symbol.asyncDispose]() {
      release();
      await ending[Symbol.asyncDispose]();
    },
  };
}

async function traceMs(run: Run, day: number): Promise<number> {
  const date = (offset: number) => new Date(Date.UTC(2030, 0, day + offset)).toISOString().slice(0, 10);
  const query = createQueryClient(`http://127.0.0.1:${run.ports.VIEWER_PORT}`);
  const began = performance.now();
  const { traceId = '' } = await httpJson(`http://127.0.0.1:${run.ports.DISPO_PORT}/api/v1/bookings`, {
    method: 'POST',
    body: { room_id: 1, start: date(0), end: date(1) },
  });
  const until = (spans: Span[]) => matchTrace(spans, hotel.expectedTraces.booking).length === 0;
  await waitForTrace(query, traceId, { until });
  return performance.now() - began;
}

interface Memory {
  residentMb: number;
  /** Without the pages of files, above all those of Node's binary, which all processes share. */
  ownMb: number;
}

/** Memory of all processes below the supervisor, without the supervisor and the guardians. */
function memoryOf(run: Run): Memory[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,rss=,args='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [])
    .map(([, pid, ppid, rss, args = '']) => ({ pid: Number(pid), ppid: Number(ppid), mb: Number(rss) / 1024, args }));
  const below = new Set([run.child.pid]);
  for (let size = 0; size !== below.size; ) {
    size = below.size;
    for (const { pid, ppid } of rows) if (below.has(ppid)) below.add(pid);
  }
  const found: Memory[] = [];
  for (const { pid, mb, args } of rows) {
    const isService = /src\/(main|worker)\.ts$/.test(args) || /(redis|valkey)-server/.test(args);
    if (!below.has(pid) || !isService || /^\/bin\/sh|^sh /.test(args)) continue;
    found.push({ residentMb: mb, ownMb: ownMb(pid) });
  }
  return found;
}

const ownMb = (pid: number) => Number(/RssAnon:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

async function spansWhileIdle(run: Run): Promise<number> {
  const status = async () => {
    const query = createQueryClient(`http://127.0.0.1:${run.ports.VIEWER_PORT}`);
    const nowMs = Date.now();
    const found = await Promise.all(
      ['dispo', 'cleaning', 'cleaning-worker'].map((service) =>
        query.search({ service, startMs: nowMs - 3_600_000, endMs: nowMs + 60_000, limit: 1_000 }),
      ),
    );
    return found.flat(2).length;
  };
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const before = await status();
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  return (await status()) - before;
}

/** Figures that do not depend on other users of the machine. */
const counted = (value: number): Figure => ({ values: [value], busy: false });

export const budgets = {
  question: 'Does the embedded run keep its budgets?',
  async ask({ rounds, force, say }) {
    const starts: Sample[] = [];
    for (let i = 0; i < rounds; i++) {
      say(`start ${i + 1} of ${rounds}`);
      const measure = async () => {
        await using run = await startDev();
        return { ms: run.readyMs };
      };
      starts.push(await quietly(measure, { force, say }));
    }
    await using run = await startDev();
    say('memory at rest, traces, and a minute of idling');
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
    const memory = memoryOf(run);
    const traces: Sample[] = [];
    for (let i = 0; i < BOOKINGS; i++) {
      traces.push(await quietly(async () => ({ ms: await traceMs(run, 10 * i) }), { force: true, say }));
    }
    const idleSpans = await spansWhileIdle(run);
    const sum = (key: keyof Memory) => memory.reduce((mb, process) => mb + process[key], 0);
    const ms = (samples: Sample[]) => figureOf(samples, ({ values }) => values.ms);
    const row = (name: string, value: Figure, budget: number) => ({
      name,
      figures: { value, budget: counted(budget) },
    });
    return [
      {
        id: 'budgets',
        title: 'The embedded run, as `npx -y pnpm@12 dev --no-watch` starts it',
        of: 'figure',
        columns: [
          { key: 'value', title: 'measured' },
          { key: 'budget', title: 'limit' },
        ],
        rows: [
          row('from the command to `ready`, ms', ms(starts), 4_000),
          row('from POST to the complete trace in the viewer, ms', ms(traces), 1_000),
          row(`resident memory at rest of ${memory.length} processes, MB`, counted(sum('residentMb')), 450),
          row('without the pages of files, which the processes share, MB', counted(sum('ownMb')), 200),
          row(`spans in ${IDLE_MS / 1_000} s of idling`, counted(idleSpans), 0),
        ],
      },
    ];
  },
} satisfies Question;
